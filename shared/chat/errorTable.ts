import type { ChatApi } from './types.ts';

/**
 * What a failed call means for the work it belonged to.
 * - `retry`: passes by itself; once the attempts are used up, back to the queue.
 * - `slow-down`: the same, and everyone sends less.
 * - `rebuild-usersig`: read the secret again and sign anew, once; then `fatal`.
 * - `fatal`: no call of this run can succeed until someone changes the configuration or the plan.
 * - `skip`: this community cannot be served; the others can.
 * - `outcome`: not a failure but a fact to record, such as "deleted".
 * - `split`: the answer is too large; ask for less at a time.
 */
export type Treatment = 'retry' | 'slow-down' | 'rebuild-usersig' | 'fatal' | 'skip' | 'outcome' | 'split';

/** After `attempts` attempts with the same code, what it is treated as. */
export interface RetryLimit {
  readonly attempts: number;
  readonly afterwards: Treatment;
}

export interface ErrorEntry {
  readonly code: number;
  /** What Tencent says, and where known what to do about it. */
  readonly meaning: string;
  readonly treatment: Treatment;
  readonly limit?: RetryLimit;
  /** The command may have been carried out all the same: matters to whoever repeats a write. */
  readonly mayHaveHappened?: true;
}

/** One more attempt, because the advice is "check and retry"; then it is what it looks like. */
const onceMoreThen = (afterwards: Treatment): RetryLimit => ({ attempts: 2, afterwards });

/**
 * Codes of the group and topic commands. Sources: the pages of get_appid_group_list, get_topic, import_topic,
 * create_topic, modify_topic and destroy_topic (https://www.tencentcloud.com/document/product/1047/34960, /49469,
 * /53448, /49471, /49468, /49470) and the list of error codes (https://trtc.io/document/34348).
 */
const groupCodes: readonly ErrorEntry[] = [
  { code: 10002, treatment: 'retry', meaning: 'internal server error', mayHaveHappened: true },
  { code: 10003, treatment: 'retry', meaning: 'unknown command', limit: onceMoreThen('fatal') },
  // Parameters beyond the community's own id are the same in every call, yet a single odd id must not end a run.
  { code: 10004, treatment: 'skip', meaning: 'a parameter is invalid' },
  { code: 10006, treatment: 'slow-down', meaning: 'the frequency limit of the operation is exceeded' },
  { code: 10007, treatment: 'skip', meaning: 'no permission for this group, or its type is not supported' },
  {
    code: 10008,
    treatment: 'retry',
    meaning: 'the request is invalid, probably its signature',
    limit: onceMoreThen('rebuild-usersig'),
  },
  { code: 10010, treatment: 'outcome', meaning: 'the group or topic has been deleted' },
  // Described almost like 10010, but "invalid id" also fits a wrong region or app: never taken as a deletion.
  { code: 10015, treatment: 'skip', meaning: 'the group id is invalid' },
  { code: 10016, treatment: 'skip', meaning: "the app's own webhook refused the operation" },
  { code: 10018, treatment: 'split', meaning: 'the answer would exceed 1 MB: ask for less at a time' },
  { code: 10021, treatment: 'outcome', meaning: 'the id is already in use' },
  { code: 10025, treatment: 'outcome', meaning: 'the id is already in use, by the same owner' },
  { code: 10026, treatment: 'fatal', meaning: 'the command is disabled for this app' },
  {
    code: 10036,
    treatment: 'fatal',
    meaning: "the number of groups or topics allowed by the app's plan is reached",
  },
  {
    code: 10037,
    treatment: 'fatal',
    meaning: 'the number of prepaid topics is reached: delete some or upgrade',
  },
  { code: 10058, treatment: 'fatal', meaning: "a quota of the app's plan is used up" },
  { code: 10059, treatment: 'fatal', meaning: "the app's plan does not include this feature" },
  // About the app's plan and console switches, or a community without topics: says nothing about any topic's life.
  {
    code: 11000,
    treatment: 'skip',
    meaning:
      'the community topic feature is not enabled: check the plan, and the feature switch in the console',
  },
  { code: 80001, treatment: 'skip', meaning: 'the content failed the security check' },
  { code: 80005, treatment: 'fatal', meaning: 'the service is deactivated' },
  {
    code: 110002,
    treatment: 'retry',
    meaning: 'the topic could not be deleted',
    limit: onceMoreThen('skip'),
  },
  { code: 110003, treatment: 'outcome', meaning: 'the topic has been deleted' },
  { code: 110007, treatment: 'retry', meaning: 'the permission group could not be deleted' },
];

/** Public codes of the gateway before every command. Source: https://trtc.io/document/34348 and older editions of it. */
const gatewayCodes: readonly ErrorEntry[] = [
  {
    code: 60002,
    treatment: 'retry',
    meaning: 'the HTTP request could not be parsed',
    limit: onceMoreThen('fatal'),
  },
  { code: 60003, treatment: 'fatal', meaning: 'the request body is not valid JSON' },
  {
    code: 60004,
    treatment: 'retry',
    meaning: 'the account or signature in the URL could not be checked',
    limit: onceMoreThen('rebuild-usersig'),
  },
  {
    code: 60005,
    treatment: 'retry',
    meaning: 'the account or signature in the URL could not be checked',
    limit: onceMoreThen('rebuild-usersig'),
  },
  { code: 60006, treatment: 'fatal', meaning: 'the SDKAppID is invalid' },
  {
    code: 60007,
    treatment: 'slow-down',
    meaning: 'the call frequency of this REST API is exceeded: raise it in the console or lower the budget',
  },
  {
    code: 60008,
    treatment: 'retry',
    meaning: 'the service timed out, or the request format is wrong',
    mayHaveHappened: true,
  },
  { code: 60009, treatment: 'fatal', meaning: 'the URL names no resource' },
  { code: 60010, treatment: 'fatal', meaning: 'the identifier is not an admin of the app' },
  { code: 60011, treatment: 'slow-down', meaning: 'the request frequency of this SDKAppID is exceeded' },
  { code: 60012, treatment: 'fatal', meaning: 'the SDKAppID is missing in the URL' },
  {
    code: 60013,
    treatment: 'retry',
    meaning: 'the server could not read its own answer',
    limit: onceMoreThen('skip'),
    mayHaveHappened: true,
  },
  { code: 60014, treatment: 'retry', meaning: 'the check of the account timed out' },
  { code: 60015, treatment: 'fatal', meaning: 'a UserID in the body is not a string' },
  { code: 60016, treatment: 'fatal', meaning: 'the SDKAppID is disabled' },
  { code: 60017, treatment: 'fatal', meaning: 'the request is disabled' },
  { code: 60018, treatment: 'slow-down', meaning: 'requests are too frequent' },
  { code: 60019, treatment: 'slow-down', meaning: 'requests are too frequent' },
  {
    code: 60020,
    treatment: 'fatal',
    meaning: 'the plan is missing, expired or in arrears; a purchase takes effect after about five minutes',
  },
  { code: 60021, treatment: 'fatal', meaning: 'this source IP may not call the API: ask Tencent support' },
  { code: 60022, treatment: 'slow-down', meaning: 'the server is overloaded' },
  {
    code: 60025,
    treatment: 'rebuild-usersig',
    meaning: 'SDKAppID, identifier, UserSig or content type in the URL is wrong',
  },
  {
    code: 60026,
    treatment: 'fatal',
    meaning: 'the host belongs to another site than the app: check TENCENT_CHAT_REGION',
  },
  { code: 60027, treatment: 'fatal', meaning: "the app's product does not include this resource" },
  { code: 60028, treatment: 'fatal', meaning: "the trial edition's REST volume of 24 hours is used up" },
];

/** Public codes of accounts and signatures. Same source. */
const accountCodes: readonly ErrorEntry[] = [
  { code: 70001, treatment: 'rebuild-usersig', meaning: 'the UserSig has expired: check the clock' },
  // 70002 and 70004 to 70008 stand in older editions only, all of them about the signature.
  ...[70002, 70003, 70004, 70005, 70006, 70007, 70008].map(
    (code): ErrorEntry => ({ code, treatment: 'rebuild-usersig', meaning: 'the UserSig is not valid' }),
  ),
  // Also what a rotated key looks like, so the secret is read once more before giving up.
  {
    code: 70009,
    treatment: 'rebuild-usersig',
    meaning: "the UserSig was made with another app's key, or an old one",
  },
  { code: 70013, treatment: 'fatal', meaning: 'the identifier differs from the one in the UserSig' },
  { code: 70014, treatment: 'fatal', meaning: 'the SDKAppID differs from the one in the UserSig' },
  { code: 70016, treatment: 'fatal', meaning: "the app's key was not found: check TENCENT_CHAT_REGION" },
  { code: 70020, treatment: 'fatal', meaning: 'the SDKAppID does not exist: check TENCENT_CHAT_REGION' },
  // "Verify again after a minute": another attempt now would only prolong the block.
  {
    code: 70050,
    treatment: 'fatal',
    meaning: 'the UserSig failed too often: wait a minute before the next call',
  },
  { code: 70051, treatment: 'fatal', meaning: 'the account is on the blocklist' },
  { code: 70107, treatment: 'fatal', meaning: 'the account does not exist: check TENCENT_CHAT_FROM_ACCOUNT' },
  { code: 70169, treatment: 'retry', meaning: 'the server timed out internally', mayHaveHappened: true },
  { code: 70398, treatment: 'fatal', meaning: 'the number of accounts is reached' },
  { code: 70399, treatment: 'fatal', meaning: 'a deleted account cannot be imported again' },
  { code: 70402, treatment: 'fatal', meaning: 'a parameter is illegal' },
  { code: 70404, treatment: 'fatal', meaning: 'the SDK version is too old' },
  { code: 70500, treatment: 'retry', meaning: 'internal server error', mayHaveHappened: true },
  { code: 71000, treatment: 'fatal', meaning: 'deleting accounts is not enabled' },
  { code: 72000, treatment: 'fatal', meaning: 'the quota of daily active users is reached' },
  { code: 72001, treatment: 'fatal', meaning: 'the quota of monthly active users is reached' },
  { code: 72002, treatment: 'fatal', meaning: 'a quota of users is reached' },
  { code: 72010, treatment: 'slow-down', meaning: 'requests of this type are too frequent' },
  { code: 72011, treatment: 'fatal', meaning: 'the feature is not enabled' },
  { code: 72012, treatment: 'fatal', meaning: 'the feature is not enabled' },
];

/** Where one command means something else by a code. */
const overrides: { readonly [api in ChatApi]?: readonly ErrorEntry[] } = {
  // The list has no community to skip: what ails the request ails the run.
  get_appid_group_list: [
    { code: 10004, treatment: 'fatal', meaning: 'a parameter is invalid' },
    {
      code: 10007,
      treatment: 'fatal',
      meaning: 'only an app admin may list groups: check TENCENT_CHAT_IDENTIFIER',
    },
  ],
  import_topic: [
    { code: 80005, treatment: 'retry', meaning: 'the security check of the content timed out' },
    { code: 10021, treatment: 'outcome', meaning: 'the topic id is already in use' },
    { code: 10010, treatment: 'outcome', meaning: 'the community does not exist or has been deleted' },
  ],
};

/** Every code this project knows, once. */
export const errorTable: readonly ErrorEntry[] = [...groupCodes, ...gatewayCodes, ...accountCodes];

const byCode = new Map(errorTable.map((entry) => [entry.code, entry]));

/** The entry of a code, the command's own before the general one. A code nobody knows is the community's problem. */
export function entryOf(code: number, api?: ChatApi): ErrorEntry {
  const own = api && overrides[api]?.find((entry) => entry.code === code);
  return own ?? byCode.get(code) ?? { code, treatment: 'skip', meaning: 'a code this project does not know' };
}

/** How a code is treated when it is first met. */
export function treatmentOf(code: number, api?: ChatApi): Treatment {
  return entryOf(code, api).treatment;
}

/** One line for people: `10010: the group or topic has been deleted`. */
export function describeCode(code: number, api?: ChatApi): string {
  return `${code}: ${entryOf(code, api).meaning}`;
}
