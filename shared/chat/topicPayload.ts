import * as v from 'valibot';
import { type ApiError, type CallSubject, MalformedAnswerError, oneLine } from './errors.ts';
import type { JsonValue } from './json.ts';
import { check, count, failureOf, id, integer, string } from './payloads.ts';
import type { TopicFailure, TopicFields } from './types.ts';

/** Tencent allows 96 bytes; five times that leaves room and still fits a DynamoDB key. */
const topicIdBytes = 512;
const topicId = v.pipe(id, v.maxBytes(topicIdBytes, `at most ${topicIdBytes} bytes`));

/** "On"/"Off" is documented; 0/1 and booleans are what sibling APIs and Tencent's own SDK use. */
const onOff = v.union([v.picklist(['On', 'Off', 0, 1]), v.boolean()], '"On" or "Off"');
const flag = v.union([integer, v.picklist(['On', 'Off'])], 'integer');

/** TopicInfo's documented fields (https://www.tencentcloud.com/document/product/1047/49469) and their older spellings. */
const info = v.object(
  {
    TopicId: topicId,
    GroupID: v.optional(string),
    GroupId: v.optional(string),
    TopicName: v.optional(string),
    Introduction: v.optional(string),
    Notification: v.optional(string),
    FaceUrl: v.optional(string),
    CustomString: v.optional(string),
    CreateTime: v.optional(count),
    LastMsgTime: v.optional(count),
    NextMsgSeq: v.optional(count),
    MuteAllMember: v.optional(onOff),
    ShutUpAllFlag: v.optional(flag),
  },
  'object',
);
type Info = v.InferOutput<typeof info>;

const known: ReadonlySet<string> = new Set(Object.keys(info.entries));

const failedInfo = v.object(
  { TopicId: topicId, GroupID: info.entries.GroupID, GroupId: info.entries.GroupId },
  'object',
);
const outcome = { ErrorCode: v.optional(integer), ErrorInfo: v.optional(string) };
const element = v.object({ ...outcome, TopicInfo: v.unknown() }, 'object');
const answerShape = v.object({ TopicAndSelfInfo: v.array(element, 'array') }, 'object');

export interface ReadTopics {
  topics: TopicFields[];
  failures: TopicFailure[];
  /** The top-level error of an answer that lists topics all the same. */
  ignored?: ApiError;
}

/**
 * Reads an answer of get_topic about one community.
 *
 * Tencent calls the top-level code meaningless and points at each topic's own, but an app-wide refusal has no topics
 * to carry one. So a top-level error counts when the answer lists no topic; otherwise each topic's code does. An
 * error with an empty list must not pass for a community without topics.
 * @throws ApiError, MalformedAnswerError
 */
export function readTopics(answer: unknown, subject: CallSubject): ReadTopics {
  const failure = failureOf(answer, subject);
  if (failure && !listsTopics(answer)) throw failure;
  const { TopicAndSelfInfo: elements } = check(answerShape, answer, subject);
  // Keyed by topic: of two elements about one topic the later counts.
  const byTopic = new Map<string, TopicFields | TopicFailure>();
  elements.forEach((item, index) => {
    const read = readElement(item, `TopicAndSelfInfo[${index}].TopicInfo`, subject);
    byTopic.set(read.topicId, read);
  });
  const read: ReadTopics = { topics: [], failures: [] };
  for (const item of byTopic.values()) {
    if ('code' in item) read.failures.push(item);
    else read.topics.push(item);
  }
  if (failure) read.ignored = failure;
  return read;
}

function listsTopics(answer: unknown): boolean {
  const { TopicAndSelfInfo: list } = answer as { TopicAndSelfInfo?: unknown };
  return Array.isArray(list) && list.length > 0;
}

type Element = v.InferOutput<typeof element>;

function readElement(item: Element, at: string, subject: CallSubject): TopicFields | TopicFailure {
  if (item.ErrorCode) {
    const failed = check(failedInfo, item.TopicInfo, subject, at);
    requireGroup(failed, at, subject);
    return { topicId: failed.TopicId, code: item.ErrorCode, info: oneLine(item.ErrorInfo ?? '') };
  }
  const fields = check(info, item.TopicInfo, subject, at);
  requireGroup(fields, at, subject);
  return topicOf(fields, extraOf(item.TopicInfo as { [key: string]: JsonValue }));
}

/** A topic of another community in the answer means the answer was meant for another question. */
function requireGroup(fields: Pick<Info, 'GroupID' | 'GroupId'>, at: string, subject: CallSubject): void {
  for (const key of ['GroupID', 'GroupId'] as const) {
    const group = fields[key];
    if (group !== undefined && group !== subject.groupId) {
      throw new MalformedAnswerError(
        subject,
        `${at}.${key}`,
        'names another community than the one asked for',
      );
    }
  }
}

function topicOf(fields: Info, extra: TopicFields['extra']): TopicFields {
  const topic: TopicFields = { topicId: fields.TopicId };
  if (fields.TopicName !== undefined) topic.topicName = fields.TopicName;
  if (fields.Introduction !== undefined) topic.introduction = fields.Introduction;
  if (fields.Notification !== undefined) topic.notification = fields.Notification;
  if (fields.FaceUrl !== undefined) topic.faceUrl = fields.FaceUrl;
  if (fields.CustomString !== undefined) topic.customString = fields.CustomString;
  if (fields.CreateTime !== undefined) topic.createTime = fields.CreateTime;
  if (fields.LastMsgTime !== undefined) topic.lastMsgTime = fields.LastMsgTime;
  if (fields.NextMsgSeq !== undefined) topic.nextMsgSeq = fields.NextMsgSeq;
  const mute = fields.MuteAllMember ?? fields.ShutUpAllFlag;
  if (mute !== undefined) topic.muteAllMember = mute === 'On' || mute === 1 || mute === true;
  if (extra) topic.extra = extra;
  return topic;
}

/** By fromEntries, which keeps a field called `__proto__` an ordinary field. */
function extraOf(raw: { readonly [key: string]: JsonValue }): TopicFields['extra'] {
  const unknown = Object.entries(raw).filter(([key]) => !known.has(key));
  return unknown.length > 0 ? Object.fromEntries(unknown) : undefined;
}
