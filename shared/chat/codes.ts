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

/**
 * Codes that say of the whole app that its key, its admin account or its id is wrong
 * (https://trtc.io/document/34348); a plan that has lapsed is none of them.
 */
const AUTHENTICATION: ReadonlySet<number> = new Set([
  10008, 60004, 60005, 60006, 60010, 60012, 60025, 60026, 70001, 70002, 70003, 70004, 70005, 70006, 70007,
  70008, 70009, 70013, 70014, 70016, 70020, 70050, 70051, 70107,
]);

/** Whether a code is about who calls. */
export function isAuthenticationFailure(code: number | undefined): boolean {
  return code !== undefined && AUTHENTICATION.has(code);
}
