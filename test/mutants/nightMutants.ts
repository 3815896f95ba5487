import type { Mutant } from './mutants.ts';

/**
 * Mistakes for the simulation alone; with those of mutants.ts that name seeds, one at least for each invariant. How many
 * seeds: about five times as many as it takes on average, so that another order of chance finds it as well.
 */
export const NIGHT_MUTANTS: readonly Mutant[] = [
  {
    name: 'absent topics are taken for deleted, and nobody asks for them',
    file: 'lambdas/sync-community/confirmAbsent.ts',
    text: 'const asked = await settle(parts.askById(groupId, topicIds));',
    mistake: `const asked = await settle(Promise.resolve({
    requestedAt: Date.parse(observedAt),
    topics: [],
    failures: topicIds.map((topicId) => ({ topicId, code: CODES.topicDeleted, info: '' })),
  }));`,
    seeds: 60,
  },
  {
    name: 'a digest leaves out what topics hold',
    file: 'shared/sync/digest.ts',
    text: 'canonical([topic.topicId, of(topic)] as JsonValue)',
    mistake: 'canonical([topic.topicId, typeof of] as JsonValue)',
    seeds: 15,
  },
  {
    name: 'the lease is not waited for before snapshots are written',
    file: 'shared/catalog/throttling.ts',
    text: 'await mayBegin();',
    mistake: 'void mayBegin();',
    seeds: 90,
  },
  {
    name: 'history is not written',
    file: 'lambdas/sync-community/writePlan.ts',
    text: 'await catalog.putChanges(changes, lease.keep);',
    mistake: '',
    seeds: 10,
  },
  {
    name: 'the history of a topic that is back after its deletion says that it was updated',
    file: 'shared/sync/present.ts',
    text: "back ? 'restored' : 'updated'",
    mistake: "back && false ? 'restored' : 'updated'",
    seeds: 20,
  },
  {
    name: 'history that a dead writer left out is completed with more than had changed',
    file: 'shared/catalog/topics.ts',
    text: "const names = change['kind'] === 'created' ? Object.keys(profile)",
    mistake: "const names = change['kind'] ? Object.keys(profile)",
    seeds: 100,
  },
  {
    name: 'the guard lets everything through',
    file: 'shared/sync/guard.ts',
    text: 'if (confirmed === 0 || deleted <= always) return undefined;',
    mistake: 'if (confirmed >= 0 || deleted <= always) return undefined;',
    seeds: 80,
  },
  {
    name: 'what the guard said is not kept',
    file: 'lambdas/close-run/judge.ts',
    text: 'if (await catalog.noteVerdict(run.runId, verdict)) return verdict;',
    mistake: 'if (catalog) return verdict;',
    seeds: 15,
  },
  {
    name: 'a run is closed while communities have no outcome',
    file: 'lambdas/close-run/closeRun.ts',
    text: 'emptyLooks + 1 < EMPTY_LOOKS',
    mistake: 'EMPTY_LOOKS < emptyLooks',
    seeds: 25,
  },
  {
    name: 'slots are leased although they are another’s',
    file: 'shared/rate/slotLease.ts',
    text: 'if (used > atLeast) return within(used - count);',
    mistake: 'if (used > 0) return within(atLeast);',
    seeds: 90,
  },
];
