import { createHash } from 'node:crypto';
import { type ImportTopicRequest, importLimits, importProblems } from '../chat/importTopic.ts';
import type { JsonValue } from '../chat/json.ts';
import { canonical } from '../sync/canonical.ts';
import type { TopicDetails } from '../sync/snapshot.ts';

/** Something of a topic that import_topic has no field for, and the value that it had. */
export interface NotCarried {
  /** As the listings call it; `extra.X` is the API's own field X. */
  readonly field: string;
  readonly value: JsonValue;
}

/** A field that import_topic does not take as it is. */
export interface FieldProblem {
  readonly field: string;
  /** Bytes of UTF-8. */
  readonly bytes: number;
  readonly limit: number;
  /** A clause without its full stop. */
  readonly message: string;
}

const TEXTS = ['introduction', 'notification', 'faceUrl', 'customString'] as const;

/** What is to be asked of import_topic; a field that the mirror does not have is left out. */
export function importRequestOf(
  { topicName = '', createTime, ...details }: TopicDetails,
  groupId: string,
  topicId?: string,
): ImportTopicRequest {
  const texts = TEXTS.filter((name) => details[name] !== undefined).map((name) => [name, details[name]]);
  return {
    groupId,
    topicName,
    ...(topicId !== undefined && { topicId }),
    ...Object.fromEntries(texts),
    ...(createTime !== undefined && { createTime }),
  };
}

/** Which fields import_topic would refuse. A name it requires (tencentcloud.com/document/product/1047/53448). */
export function problemsOf(request: ImportTopicRequest): FieldProblem[] {
  const limit = importLimits.topicName;
  const unnamed = {
    field: 'topicName',
    bytes: 0,
    limit,
    message: 'topicName is empty, and a name is required',
  };
  const tooLong = importProblems(request).map((problem) => ({
    ...problem,
    message: `${problem.field} has ${problem.bytes} bytes of at most ${problem.limit}`,
  }));
  return request.topicName === '' ? [unnamed, ...tooLong] : tooLong;
}

/** What a new topic begins with; only what differs from it is lost. */
const BEGINNING = { muteAllMember: false, nextMsgSeq: 1, lastMsgTime: 0 } as const;

/** What a topic had and will not have once it is put back: mute state, message counters, fields nobody knows. */
export function notCarried({ extra = {}, ...details }: TopicDetails): NotCarried[] {
  const names = Object.keys(BEGINNING) as (keyof typeof BEGINNING)[];
  const lost = names.flatMap((field) => {
    const value = details[field];
    return value === undefined || value === BEGINNING[field] ? [] : [{ field, value }];
  });
  return [...lost, ...Object.entries(extra).map(([name, value]) => ({ field: `extra.${name}`, value }))];
}

/** A digest of what a topic is put back with, its id aside: topics with the same one cannot be told apart. */
export function contentOf({ topicId: _, ...request }: ImportTopicRequest): string {
  return createHash('sha256')
    .update(canonical(request as unknown as JsonValue))
    .digest('base64url');
}
