import { CODES } from '../../../shared/chat/codes.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import {
  type ActivityEntry,
  entryOf,
  nextRoster,
  type Roster,
  withActivityOf,
} from '../../../shared/sync/roster.ts';
import type { Change, Snapshot, TopicDetails } from '../../../shared/sync/snapshot.ts';
import { planTombstones } from '../../../shared/sync/tombstone.ts';
import { at, GROUP, observation } from '../../builders.ts';

const TOPIC = 'a';
const NIGHT = 86_400;

/** What a night sees of the topic: what it holds, nothing, nothing and the word that it is gone. */
export type Seen = TopicDetails | 'absent' | 'gone';

export const runIdOf = (nth: number) => at(nth * NIGHT);
export const endOfNight = (nth: number) => at(nth * NIGHT + 30);

/** A topic's nights. */
export interface Mirrored {
  /** The topic after each night, with its activity; undefined before the first that shows it. */
  readonly snapshots: (Snapshot | undefined)[];
  /** Newest first. */
  readonly history: Change[];
  readonly roster: Roster | undefined;
  readonly entries: ActivityEntry[];
}

/** Mirrors a topic for some nights, by the product's own rules. */
export function mirrored(seen: readonly Seen[]): Mirrored {
  const snapshots: (Snapshot | undefined)[] = [];
  const history: Change[] = [];
  const entries: ActivityEntry[] = [];
  let stored: Snapshot | undefined;
  let roster: Roster | undefined;
  const keep = (planned: readonly Snapshot[], changes: readonly Change[]) => {
    stored = planned[0] ?? stored;
    history.unshift(...changes);
  };
  for (const [nth, what] of seen.entries()) {
    const [runId, askedAt] = [runIdOf(nth), at(nth * NIGHT + 10)];
    const topics = typeof what === 'string' ? [] : [{ topicId: TOPIC, ...what }];
    const failures = what === 'gone' ? [{ topicId: TOPIC, code: CODES.topicDeleted, info: '' }] : [];
    const confirmation = { observedAt: at(nth * NIGHT + 11), topics: [], failures, otherwise: 'not shown' };
    const answer = observation({ runId, observedAt: askedAt, topics });
    const before = stored && withActivityOf(roster, stored);
    const plan = planCommunity(before ? [before] : [], answer, confirmation);
    keep(plan.snapshots, plan.changes);
    roster = nextRoster(roster, {
      ...{ groupId: GROUP, runId, observedAt: askedAt },
      topics: plan.topics.flatMap(({ status, topicId, profile, activity = {} }) =>
        status === 'deleted' ? [] : [{ topicId, profile, activity }],
      ),
      before: new Map(before?.activity ? [[TOPIC, before.activity]] : []),
    });
    const entry = roster?.runId === runId ? entryOf(roster) : undefined;
    if (entry) entries.push(entry);
    const judged = { runId, judgedAt: at(nth * NIGHT + 20), lastSyncedAt: askedAt };
    const joined = stored && withActivityOf(roster, stored);
    const carriedOut = planTombstones(joined ? [joined] : [], judged);
    keep(carriedOut.snapshots, carriedOut.changes);
    snapshots.push(stored && withActivityOf(roster, stored));
  }
  return { snapshots, history, roster, entries };
}
