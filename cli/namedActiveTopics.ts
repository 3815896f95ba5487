import { type ActiveTopic, queriesOf } from '../shared/catalog/queries/index.ts';
import { readSnapshot } from '../shared/catalog/topics.ts';
import { readAhead } from '../shared/readAhead.ts';
import type { EndedRun } from './endedRun.ts';
import type { Mirror } from './mirror.ts';

/** A topic that had messages, with the name that it has now. */
export interface NamedActiveTopic extends ActiveTopic {
  readonly topicName?: string;
}

/** Names that are read at once. */
const READ_AHEAD = 8;

/** Yields the topics to which a run saw the most messages come, most first. @param limit most topics to yield */
export function namedActiveTopics(
  { store, sdkAppId }: Mirror,
  run: EndedRun,
  limit: number,
): AsyncGenerator<NamedActiveTopic> {
  const named = async (topic: ActiveTopic): Promise<NamedActiveTopic> => {
    const snapshot = await readSnapshot(store, sdkAppId, topic.groupId, topic.topicId);
    const topicName = snapshot?.details.topicName;
    return { ...topic, ...(topicName !== undefined && { topicName }) };
  };
  return readAhead(queriesOf(store, sdkAppId).activeTopics(run, { limit }), named, READ_AHEAD);
}
