/**
 * The answers that say something of the data itself (https://www.tencentcloud.com/document/product/1047/49469), and the
 * one that asks for less at a time without saying so (https://trtc.io/document/34348).
 * Every other code is only treated, by errorTable.ts.
 */
export const CODES = {
  /** Of a whole answer: the group does not exist. Of one topic: the topic does not. */
  gone: 10010,
  /** Of one topic: it has been deleted. */
  topicDeleted: 110003,
  /** The service timed out. */
  timeout: 60008,
} as const;

/**
 * Of a community of which nothing is mirrored these say that it has no topics to mirror: the feature is off (11000), or the
 * group is not of a kind that has topics (10007, 10004). Of any other they are errors: none of them deletes a topic.
 */
const WITHOUT_TOPICS: ReadonlySet<number> = new Set([11000, 10007, 10004]);

/** Whether a code may say of a community that it has no topics. */
export function mayMeanNoTopics(code: number | undefined): boolean {
  return code !== undefined && WITHOUT_TOPICS.has(code);
}

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
