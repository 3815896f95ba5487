import { type ActiveTopic, queriesOf } from '../shared/catalog/queries/index.ts';
import { readProfiles } from '../shared/catalog/topics.ts';
import type { EndedRun } from './endedRun.ts';
import type { Mirror } from './mirror.ts';

/** A topic that had messages, with the name that it has now. */
export interface NamedActiveTopic extends ActiveTopic {
  readonly topicName?: string;
}

/** Names that one request reads (docs.aws.amazon.com, API_BatchGetItem). */
const NAMES_AT_ONCE = 100;

/**
 * Yields the topics to which a run, or all runs since an instant, saw the most messages come, most first.
 * @param limit most topics to yield
 */
export async function* namedActiveTopics(
  { store, sdkAppId }: Mirror,
  wanted: Pick<EndedRun, 'runId'> | { readonly since: string },
  limit: number,
): AsyncGenerator<NamedActiveTopic> {
  const which = 'runId' in wanted ? { runId: wanted.runId } : wanted;
  const topics = await Array.fromAsync(queriesOf(store, sdkAppId).activeTopics({ ...which, limit }));
  for (let from = 0; from < topics.length; from += NAMES_AT_ONCE) {
    const batch = topics.slice(from, from + NAMES_AT_ONCE);
    const profiles = await readProfiles(store, sdkAppId, batch);
    for (const [nth, topic] of batch.entries()) {
      const topicName = profiles[nth]?.profile.topicName;
      yield { ...topic, ...(topicName !== undefined && { topicName }) };
    }
  }
}
