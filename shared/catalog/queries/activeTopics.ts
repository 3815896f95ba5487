import type { Change, ChangeKind } from '../../sync/snapshot.ts';
import { dayOf } from '../changes.ts';
import type { Run } from '../run.ts';
import type { Store } from '../store.ts';
import { byIds } from '../topicOrder.ts';
import { changesBetween } from './changesBetween.ts';
import { endOf } from './days.ts';
import { newMessagesOf } from './newMessages.ts';

/** A topic that had messages. */
export interface ActiveTopic {
  readonly groupId: string;
  readonly topicId: string;
  /** What the run did to the topic. A created one counts all messages that it had when it was first seen. */
  readonly kind: Exclude<ChangeKind, 'deleted'>;
  readonly newMessages: number;
  /** As the run saw it last. */
  readonly nextMsgSeq: number;
}

/** Topics kept beside those that are asked for, so that one which the run saw twice is there to be added to. */
const SPARE = 1_000;

/**
 * Yields the topics to which a run saw the most messages come, most first, then by groupId and topicId. Reads the
 * changes of the run's days once; memory is that of the topics asked for, not of the app.
 * @param run one that has closed
 */
export async function* activeTopics(
  store: Store,
  sdkAppId: number,
  { runId, startedAt, closedAt }: Pick<Run, 'runId' | 'startedAt'> & { closedAt: string },
  { limit }: { limit: number },
): AsyncGenerator<ActiveTopic> {
  const most = limit + SPARE;
  let kept = new Map<string, ActiveTopic>();
  const wanted = { from: startedAt, to: endOf(dayOf(closedAt)), runId };
  for await (const change of changesBetween(store, sdkAppId, wanted)) {
    const messages = newMessagesOf(change);
    if (messages === 0) continue;
    const key = JSON.stringify([change.groupId, change.topicId]);
    kept.set(key, addTo(kept.get(key), change, messages));
    if (kept.size >= 2 * most) kept = new Map(ranked(kept).slice(0, most));
  }
  for (const [, topic] of ranked(kept).slice(0, limit)) yield topic;
}

function addTo(earlier: ActiveTopic | undefined, change: Change, messages: number): ActiveTopic {
  const { groupId, topicId, kind, after } = change;
  return {
    groupId,
    topicId,
    // As in the run's counts, what was created stays created when the same run sees an update too.
    kind: earlier?.kind ?? (kind as ActiveTopic['kind']),
    newMessages: (earlier?.newMessages ?? 0) + messages,
    nextMsgSeq: after?.nextMsgSeq as number,
  };
}

function ranked(topics: ReadonlyMap<string, ActiveTopic>): [string, ActiveTopic][] {
  return [...topics].sort(([, a], [, b]) => b.newMessages - a.newMessages || byIds(a, b));
}
