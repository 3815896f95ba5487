/**
 * The answers that say something of the data itself (https://www.tencentcloud.com/document/product/1047/49469).
 * Every other code is only treated, by errorTable.ts.
 */
export const CODES = {
  /** Of a whole answer: the group does not exist. Of one topic: the topic does not. */
  gone: 10010,
  /** Of one topic: it has been deleted. */
  topicDeleted: 110003,
  /** The community feature is off, in the app or in this group. */
  topicsUnsupported: 11000,
} as const;
