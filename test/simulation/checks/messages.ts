import { groupOf, type Key } from '../../../shared/catalog/keys.ts';
import { fullId } from '../../../shared/catalog/shortId.ts';
import { type Plain, type Scene, type StoredRoster, stampOf } from './scene.ts';

/** Keeps count of how far messages went on, as rosters show it, and holds the activity entries against that. */
export interface MessageCheck {
  rosterWritten(after: StoredRoster): void;
  /** Nothing is counted twice. */
  entryWritten(after: Plain): void;
  /** Nothing is lost in a community that no writer is at. */
  settled(groupId: string): void;
  /** What a run has seen come. */
  inRun(runId: string): { readonly topics: number; readonly messages: number };
}

/** Messages by topic of one run in one community. */
type Counts = Map<string, number>;

/** The number of a topic's first message, which is the next one of a topic without any. */
const FIRST = 1;

export function createMessageCheck(scene: Scene): MessageCheck {
  /** By community and topic: the number of the next message that a roster has shown last. */
  const shown = new Map<string, Map<string, number | undefined>>();
  /** By community and run: what rosters have shown, and what entries tell. */
  const counted = new Map<string, Map<string, Counts>>();
  const told = new Map<string, Map<string, Counts>>();

  /** How far a topic's messages went on since a roster had it last. */
  const newIn = (groupId: string, topicId: string, next: number | undefined): number => {
    const topics = at(shown, groupId, () => new Map());
    const isFirst = !topics.has(topicId);
    const last = isFirst ? FIRST : topics.get(topicId);
    topics.set(topicId, next);
    if (isFirst && stampOf(scene, groupId)?.lastSyncedAt === undefined) return 0;
    return next === undefined || last === undefined ? 0 : Math.max(0, next - last);
  };

  return {
    rosterWritten: ({ groupId, runId, rows }) => {
      const counts = at(
        at(counted, groupId, () => new Map<string, Counts>()),
        runId,
        () => new Map(),
      );
      for (const [topicId, row] of rows) {
        const more = newIn(groupId, topicId, row['nextMsgSeq'] as number | undefined);
        if (more > 0) counts.set(topicId, (counts.get(topicId) ?? 0) + more);
      }
    },
    entryWritten: (after) => {
      const groupId = groupOf(after as unknown as Key);
      const runId = String(after['pk']).split('|')[2] ?? '';
      const counts = entryCounts(groupId, after);
      at(told, groupId, () => new Map<string, Counts>()).set(runId, counts);
      for (const [topicId, count] of counts) {
        const most = counted.get(groupId)?.get(runId)?.get(topicId) ?? 0;
        if (count > most)
          scene.violate('messages-counted', `${runId} counts ${count} messages in ${topicId}, of ${most}`);
      }
    },
    settled: (groupId) => {
      for (const [runId, counts] of counted.get(groupId) ?? [])
        for (const [topicId, count] of counts) {
          const entry = told.get(groupId)?.get(runId)?.get(topicId) ?? 0;
          if (entry === count) continue;
          scene.violate('messages-counted', `${runId} tells of ${entry} messages in ${topicId}, of ${count}`);
        }
    },
    inRun: (runId) => {
      const all = [...counted.values()].flatMap((runs) => [...(runs.get(runId)?.values() ?? [])]);
      return { topics: all.length, messages: all.reduce((sum, count) => sum + count, 0) };
    },
  };
}

function entryCounts(groupId: string, entry: Plain): Counts {
  const { topicIds, newMessages } = entry as { topicIds: string[]; newMessages: number[] };
  return new Map(topicIds.map((short, nth) => [fullId(groupId, short), newMessages[nth] ?? 0]));
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
