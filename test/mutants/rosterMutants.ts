import type { Mutant } from './mutants.ts';

const ROSTER = 'shared/sync/roster';
const CRASH = 'lambdas/sync-community/messageCrash';

/** Mistakes in what is kept of messages: rosters, activity entries, and the line between messages and edits. */
export const ROSTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a roster is stored over whatever is there',
    file: 'shared/catalog/rosters.ts',
    text: 'observedAt = :seenAt AND observedAt < :observedAt OR',
    mistake: 'observedAt = :seenAt AND observedAt < :observedAt OR attribute_exists(pk) OR',
    tests: ['shared/catalog/rosters'],
    seeds: 110,
  },
  {
    name: 'a roster is stored over an older one that it was not made from',
    file: 'shared/catalog/rosters.ts',
    text: 'observedAt = :seenAt AND observedAt < :observedAt OR',
    mistake: 'observedAt = :seenAt AND observedAt < :observedAt OR observedAt < :observedAt OR',
    tests: ['shared/catalog/rosters'],
  },
  {
    name: 'the entry of a roster whose writer has died is not written by the next visitor',
    file: 'lambdas/sync-community/writeActivity.ts',
    text: 'if (isOpen && !isReplaced) await tell(stored);',
    mistake: '',
    tests: [CRASH],
    seeds: 130,
  },
  {
    name: 'a message that comes again trusts the stamp',
    file: 'lambdas/sync-community/syncCommunity.ts',
    text: 'const isSure = !consistent && !parts.isRedelivered;',
    mistake: 'const isSure = !consistent;',
    tests: [CRASH],
  },
  {
    name: 'an entry is written before its roster',
    file: 'lambdas/sync-community/writeActivity.ts',
    text: `    if (!(await catalog.putRoster(roster, stored))) return undefined;
    await tell(roster);`,
    mistake: `    await tell(roster);
    if (!(await catalog.putRoster(roster, stored))) return undefined;`,
    seeds: 10,
  },
  {
    name: 'of two entries of a run the older is kept',
    file: 'shared/catalog/activity.ts',
    text: 'a.entry.observedAt < b.entry.observedAt ? -1 : 1',
    mistake: 'a.entry.observedAt < b.entry.observedAt ? 1 : -1',
    tests: ['shared/catalog/rosters'],
  },
  {
    name: 'what a run has counted before is forgotten',
    file: 'shared/sync/roster.ts',
    text: 'stored?.runId === seen.runId ? (earlier?.newMessages ?? 0) : 0',
    mistake: '0',
    tests: [ROSTER],
    seeds: 25,
  },
  {
    name: 'what an earlier run has counted is counted once more',
    file: 'shared/sync/roster.ts',
    text: 'stored?.runId === seen.runId ? (earlier?.newMessages ?? 0) : 0',
    mistake: 'earlier?.newMessages ?? 0',
    tests: [ROSTER],
    seeds: 10,
  },
  {
    name: 'messages in a topic that the same run deletes are forgotten',
    file: 'shared/sync/roster.ts',
    text: 'new Map([...talkedIn(runId, stored), ...shown])',
    mistake: 'new Map([...shown, ...(talkedIn(runId, undefined))])',
    tests: [ROSTER, CRASH],
  },
  {
    name: 'a late message of an earlier run takes the roster back to it',
    file: 'shared/sync/roster.ts',
    text: 'stored && stored.runId > seen.runId ? stored.runId : seen.runId',
    mistake: 'seen.runId',
    tests: [ROSTER],
  },
  {
    name: 'messages that came before the mirror are counted',
    file: 'shared/sync/roster.ts',
    text: 'newMessages: isNew ? 0 : counted + newMessages(was, activity)',
    mistake: 'newMessages: isNew && was === undefined ? 0 : counted + newMessages(was, activity)',
    tests: [ROSTER],
    seeds: 10,
  },
  {
    name: 'messages in a topic that is back are counted from the first',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: 'before: countersBefore(plan),',
    mistake: 'before: new Map(countersBefore({ ...plan, stored: new Map() })),',
    tests: [CRASH],
    seeds: 70,
  },
  {
    name: 'a topic that is back forgets its counter before it has a row',
    file: 'shared/catalog/topics.ts',
    text: "return status === 'deleted' || lastChange.kind === 'restored';",
    mistake: "return status === 'deleted' && lastChange.kind !== 'restored';",
    tests: [CRASH],
  },
  {
    name: 'a tombstone does not keep its last activity',
    file: 'shared/catalog/topics.ts',
    text: '...(keepsActivity(snapshot) && last),',
    mistake: '...(keepsActivity(snapshot) && !last && last),',
    tests: ['shared/catalog/topics'],
    seeds: 15,
  },
  {
    name: 'messages are an edit of their topic',
    file: 'shared/sync/split.ts',
    text: 'return { topicId, profile, activity: moved };',
    mistake: 'return { topicId, profile: { ...profile, ...moved }, activity: moved };',
    tests: ['shared/sync/split'],
    seeds: 10,
  },
  {
    name: 'a first complete answer is told topic by topic',
    file: 'shared/sync/snapshot.ts',
    text: "return !(kind === 'created' && runKind === 'baseline');",
    mistake: "return kind === 'created' || runKind !== 'baseline' || kind !== runKind;",
    seeds: 10,
  },
  {
    name: 'every new topic is one of a first complete answer',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: 'return lastSyncedAt === undefined;',
    mistake: 'return lastSyncedAt !== null;',
    seeds: 10,
  },
  {
    name: 'no topic is one of a first complete answer',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: 'return lastSyncedAt === undefined;',
    mistake: 'return lastSyncedAt === null;',
    seeds: 10,
  },
  {
    name: 'of two digests the wrong halves are compared',
    file: 'shared/sync/digest.ts',
    text: 'return a.slice(0, HALF) === b.slice(0, HALF);',
    mistake: 'return a.slice(HALF) === b.slice(HALF);',
    tests: ['shared/sync/digest'],
    seeds: 25,
  },
  {
    name: 'two digests are taken for those of the same profiles whatever they are',
    file: 'shared/sync/digest.ts',
    text: 'return a.slice(0, HALF) === b.slice(0, HALF);',
    mistake: 'return a.slice(0, 0) === b.slice(0, 0);',
    tests: ['shared/sync/digest'],
    seeds: 15,
  },
  {
    name: 'the second half of a digest is not looked at',
    file: 'lambdas/sync-community/syncCommunity.ts',
    text: 'if (stamp.digest !== digest || !isSure)',
    mistake: 'if (!isSure)',
    seeds: 10,
  },
  {
    name: 'messages are not counted on the stamp',
    file: 'lambdas/sync-community/writeActivity.ts',
    text: "runOf(parts, message, stamp, 'unchanged', answer.requestedAt, messages)",
    mistake: "runOf(parts, message, stamp, 'unchanged', answer.requestedAt)",
    seeds: 20,
  },
  {
    name: 'a roster comes after the stamp',
    file: 'lambdas/sync-community/writeActivity.ts',
    text: `  const messages = await moveRoster(parts, { stamp, stored, isSure }, { groupId, runId, observedAt, topics });
  if (!messages) return undefined;`,
    mistake: `  await parts.catalog.stampUnchanged(stamp, runOf(parts, message, stamp, 'unchanged', answer.requestedAt), digest);
  const messages = await moveRoster(parts, { stamp, stored, isSure }, { groupId, runId, observedAt, topics });
  if (!messages) return undefined;`,
    tests: [CRASH],
  },
];
