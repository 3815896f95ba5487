/** The typed client of the Tencent Chat REST API: signed, classified, retried, and checked against its documentation. */
export { createChatClient } from './client.ts';
export { CODES, isAuthenticationFailure, mayMeanNoTopics } from './codes.ts';
export {
  ApiError,
  type CallSubject,
  ChatError,
  MalformedAnswerError,
  NoTurnError,
  TransportError,
} from './errors.ts';
export {
  describeCode,
  type ErrorEntry,
  entryOf,
  errorTable,
  type RetryLimit,
  type Treatment,
  treatmentOf,
} from './errorTable.ts';
export {
  customTopicIdProblem,
  type ImportProblem,
  type ImportTopicRequest,
  importLimits,
  importProblems,
  isDefaultStyleTopicId,
} from './importTopic.ts';
export { type JsonValue, parseJson, type RawJson, stringifyJson } from './json.ts';
export { type Address, addressOf, checkedEndpoint, type Region, regions } from './regions.ts';
export { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
export type * from './types.ts';
export { createUserSig, type UserSigRequest } from './userSig.ts';
