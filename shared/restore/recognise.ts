import type { ImportTopicRequest } from '../chat/importTopic.ts';
import type { TopicAnswer } from '../chat/types.ts';

type TopicFields = TopicAnswer['topics'][number];

/** What is known of the community beside its answer. */
export interface Surroundings {
  /** Topics that are accounted for: they were there before the call, or another restore has made them. */
  readonly accounted: ReadonlySet<string>;
  /** Calls whose outcome is open and that make just such a topic, this one among them. */
  readonly open: number;
  /** Until when somebody else may be making one, ISO 8601 UTC; absent when nobody is. */
  readonly contestedUntil?: string;
  /** When the first call was sent, seconds since the epoch. */
  readonly sentAt: number;
}

/** What a look at the community says of a call whose answer was lost. */
export type Recognised =
  | { readonly kind: 'made'; readonly topicId: string }
  | { readonly kind: 'not-made' }
  /** Several topics, or one that differs in its texts, may be the one. */
  | { readonly kind: 'unclear'; readonly topicIds: readonly string[] }
  /** Somebody else is making the same, and may be until then, ISO 8601 UTC. */
  | { readonly kind: 'contested'; readonly until: string };

/** Clocks of this machine and the API may differ by so much, in seconds. */
const SKEW = 60;

/**
 * Looks among a community's topics for the one that a call without an id has made. Name and CreateTime must be those
 * that were sent. One that differs in its texts may have been edited since, or be another: that is for a person to say.
 */
export function recognise(
  request: ImportTopicRequest,
  { topics, failures, unattributed }: Pick<TopicAnswer, 'topics' | 'failures' | 'unattributed'>,
  { accounted, open, contestedUntil, sentAt }: Surroundings,
): Recognised {
  const candidates = topics.filter(
    (topic) => !accounted.has(topic.topicId) && isNamesake(request, topic, sentAt),
  );
  // A topic that the answer names with an error may be any.
  const unread = failures.map(({ topicId }) => topicId).filter((topicId) => !accounted.has(topicId));
  if (unread.length + unattributed.length > 0) return { kind: 'unclear', topicIds: unread };
  if (candidates.length === 0) return { kind: 'not-made' };
  if (contestedUntil !== undefined) return { kind: 'contested', until: contestedUntil };
  const alike = candidates.filter((topic) => hasTextsOf(request, topic)).map(({ topicId }) => topicId);
  const [first] = alike.sort();
  // Those that open calls have made alike cannot be told apart, and need not be.
  if (first !== undefined && alike.length === candidates.length && alike.length <= open)
    return { kind: 'made', topicId: first };
  return { kind: 'unclear', topicIds: candidates.map(({ topicId }) => topicId) };
}

/** Whether a topic under a chosen id is the one that was sent: its CreateTime is, which a newcomer's is not. */
export function isSame(request: ImportTopicRequest, topic: TopicFields): boolean {
  if (request.createTime !== undefined) return topic.createTime === request.createTime;
  return topic.topicName === request.topicName;
}

function isNamesake(request: ImportTopicRequest, topic: TopicFields, sentAt: number): boolean {
  if (topic.topicName !== request.topicName) return false;
  if (request.createTime !== undefined) return topic.createTime === request.createTime;
  return (topic.createTime ?? 0) >= sentAt - SKEW;
}

/** Texts that were not sent read empty. */
function hasTextsOf(request: ImportTopicRequest, topic: TopicFields): boolean {
  return (['introduction', 'notification', 'faceUrl', 'customString'] as const).every(
    (name) => (request[name] ?? '') === (topic[name] ?? ''),
  );
}
