/**
 * Every error code the simulator answers, with its text.
 *
 * Meanings: https://trtc.io/document/34348 (error codes) and the API pages
 * https://www.tencentcloud.com/document/product/1047/49469 (get_topic),
 * …/1047/53448 (import_topic), …/1047/49470 (destroy_topic), …/1047/34960 (get_appid_group_list).
 */
export const errorTexts = {
  10003: 'unknown command',
  10004: 'invalid parameter',
  10006: 'operation frequency limit exceeded',
  10007: 'this operation is not supported for this group type',
  10010: 'this group does not exist',
  10015: 'invalid group id',
  10018: 'the answer exceeds the length limit, ask for less data',
  10021: 'this topic id is already in use',
  10037: 'too many topics in this community',
  11000: 'this group does not support community topics',
  60002: 'HTTP parse Error',
  60003: 'HTTP JSON parse error',
  60006: 'sdkappid is invalid',
  60007: 'REST API call frequency exceeds the limit',
  60009: 'resource error, check the request URL',
  60010: 'this request requires the app administrator',
  60012: 'sdkappid is required in the request URL',
  60015: 'body account invalid',
  60018: 'requests are too frequent, try again later',
  60025: 'identifier, usersig or contenttype in the request URL is wrong',
  70001: 'usersig has expired',
  70003: 'usersig is illegal',
  70009: 'usersig verification failed, was it made with the key of another app?',
  70013: 'identifier differs from the one in usersig',
  70014: 'sdkappid differs from the one in usersig',
  110003: 'this topic has been deleted',
} as const;

export type ErrorCode = keyof typeof errorTexts;

/** The codes a call that comes too fast may get; which one is an option. */
export const rateCodes = [10006, 60007, 60018] as const;
export type RateCode = (typeof rateCodes)[number];

/** A refusal with Tencent's code. The API answers it as a FAIL body; in-process callers catch it. */
export class Refusal extends Error {
  readonly errorCode: ErrorCode;
  /** The ErrorInfo text of the FAIL body. */
  readonly errorInfo: string;

  constructor(errorCode: ErrorCode, detail?: string) {
    const errorInfo = detail ? `${errorTexts[errorCode]}: ${detail}` : errorTexts[errorCode];
    super(`${errorCode} ${errorInfo}`);
    this.name = 'Refusal';
    this.errorCode = errorCode;
    this.errorInfo = errorInfo;
  }
}
