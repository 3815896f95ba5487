import { ApiError, type CallSubject, type ChatError, TransportError } from './errors.ts';
import { answerOf, failureOf, malformed, textOf } from './payloads.ts';

/** What import_topic can carry. Mute state and message counters it cannot. */
export interface ImportTopicRequest {
  groupId: string;
  /** A custom id; absent: Tencent makes one up. */
  topicId?: string;
  topicName: string;
  /** The account that counts as the topic's creator. */
  fromAccount?: string;
  customString?: string;
  faceUrl?: string;
  notification?: string;
  introduction?: string;
  /** Seconds since the epoch; absent: the time of the import. */
  createTime?: number;
}

/**
 * Bytes of UTF-8 that each field may have. Sources: https://www.tencentcloud.com/document/product/1047/53448, for the
 * id https://www.tencentcloud.com/document/product/1047/33529 (group system, custom topic ids)
 */
export const importLimits = {
  topicId: 96,
  topicName: 30,
  customString: 3000,
  faceUrl: 100,
  notification: 300,
  introduction: 240,
} as const;

export interface ImportProblem {
  field: keyof typeof importLimits;
  bytes: number;
  limit: number;
}

/** The fields that are longer than import_topic takes. Newer clients may set longer ones, so a mirror can hold them. */
export function importProblems(request: ImportTopicRequest): ImportProblem[] {
  const problems: ImportProblem[] = [];
  for (const field of Object.keys(importLimits) as (keyof typeof importLimits)[]) {
    const bytes = Buffer.byteLength(request[field] ?? '');
    const limit = importLimits[field];
    if (bytes > limit) problems.push({ field, bytes, limit });
  }
  return problems;
}

/** Whether Tencent made the id up (`…@TOPIC#_@TOPIC#…`): such ids cannot be asked for. */
export function isDefaultStyleTopicId(topicId: string): boolean {
  return topicId.includes('@TOPIC#_@TOPIC#');
}

/** Why an id cannot be a custom topic id of the community; undefined when it can. */
export function customTopicIdProblem(groupId: string, topicId: string): string | undefined {
  const prefix = `${groupId}@TOPIC#_`;
  if (isDefaultStyleTopicId(topicId)) return 'is of the default style, which only Tencent assigns';
  if (!topicId.startsWith(prefix)) return `does not start with ${prefix}`;
  const part = topicId.slice(prefix.length);
  if (part === '') return `has nothing after ${prefix}`;
  if (!/^[\x20-\x7e]+$/.test(part)) return 'has characters other than printable ASCII';
  if (part.includes('@TGS#_')) return 'has @TGS#_ in its own part';
  const bytes = Buffer.byteLength(topicId);
  return bytes > importLimits.topicId ? `has ${bytes} bytes of at most ${importLimits.topicId}` : undefined;
}

/** The request's body. From_Account is a string: a number is answered with 60015, whatever the page's type says. */
export function importBody(request: ImportTopicRequest): object {
  return {
    Type: 'Community',
    GroupId: request.groupId,
    TopicId: request.topicId,
    TopicName: request.topicName,
    From_Account: request.fromAccount,
    CustomString: request.customString,
    FaceUrl: request.faceUrl,
    Notification: request.notification,
    Introduction: request.introduction,
    CreateTime: request.createTime,
  };
}

/** @throws ApiError, MalformedAnswerError */
export function readImport(answer: unknown, subject: CallSubject): { topicId: string } {
  const failure = failureOf(answer, subject);
  if (failure) throw failure;
  const { TopicId } = answerOf(answer, subject);
  const topicId = textOf(TopicId);
  if (!topicId) throw malformed(subject, 'TopicId', 'non-empty string', TopicId);
  return { topicId };
}

/**
 * Tencent's pages name two paths: the first at https://www.tencentcloud.com/document/product/1047/53448, the second
 * at https://cloud.tencent.com/document/product/269/85313.
 */
const paths = [
  '/v4/group_open_http_svc/import_topic',
  '/v4/million_group_open_http_svc/import_topic',
] as const;

/** Tries the documented path, then the other, and starts with the one that worked from then on. */
export function createPathFallback(): <T>(
  attempt: (path: string, isLastPath: boolean) => Promise<T>,
) => Promise<T> {
  let [first, second]: readonly [string, string] = paths;
  return async (attempt) => {
    try {
      return await attempt(first, false);
    } catch (error) {
      if (!isWrongPath(error)) throw error;
    }
    try {
      const answer = await attempt(second, true);
      [first, second] = [second, first];
      return answer;
    } catch (error) {
      if (isFromCommand(error)) [first, second] = [second, first];
      throw error;
    }
  };
}

/** 10003 is "invalid command word". */
export function isWrongPath(error: unknown): boolean {
  return (
    (error instanceof ApiError && error.code === 10003) ||
    (error instanceof TransportError && error.status === 404)
  );
}

/** An error of the command itself shows that the path leads to it; 60000 to 79999 come from before it. */
function isFromCommand(error: unknown): error is ChatError {
  return error instanceof ApiError && !isWrongPath(error) && (error.code < 60_000 || error.code > 79_999);
}
