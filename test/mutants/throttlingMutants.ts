import type { Mutant } from './mutants.ts';

const THROTTLING = 'shared/catalog/throttling';

/** Mistakes of what goes on while the table is throttled or out of reach. */
export const THROTTLING_MUTANTS: readonly Mutant[] = [
  {
    name: 'a request that is throttled as a whole fails at once',
    file: `${THROTTLING}.ts`,
    text: 'if (isThrottled(error)) return left;',
    mistake: '',
    tests: [THROTTLING],
  },
  {
    name: 'every error of a request counts as throttling',
    file: `${THROTTLING}.ts`,
    text: 'return THROTTLED.has((error as Error).name);',
    mistake: 'return (error as Error).name !== undefined;',
    tests: [THROTTLING],
    titles: 'any other reason',
  },
  {
    name: 'a throttled table is given up long before the time is up',
    file: `${THROTTLING}.ts`,
    text: 'if (back.length > 0 && Date.now() >= until)',
    mistake: 'if (back.length > 0 && round > 2)',
    tests: [THROTTLING],
  },
  {
    name: 'the lease is not looked at before a batch is sent again',
    file: `${THROTTLING}.ts`,
    text: 'await mayBegin();',
    mistake: 'if (round === 0) await mayBegin();',
    tests: [THROTTLING, 'lambdas/sync-community/writeSnapshots'],
  },
  {
    name: 'a consumer’s own insertions are taken for another’s after a lost answer',
    file: 'shared/catalog/createItems.ts',
    text: 'return refused.filter(({ after }, nth) => !isDeepStrictEqual(stored[nth], unmarshall(after)));',
    mistake: 'return refused.filter((_, nth) => !isDeepStrictEqual(stored[nth], undefined));',
    tests: ['shared/catalog/createItems'],
    titles: 'lost',
  },
  {
    name: 'refused insertions are metered twice',
    file: 'shared/catalog/units.ts',
    text: ': Math.max(reported, inTable) + inIndexes;',
    mistake: ': reported + inTable + inIndexes;',
    tests: ['shared/catalog/createItems'],
    titles: 'metered',
  },
  {
    name: 'writes are not paced by what the table sends back',
    file: 'shared/catalog/writePace.ts',
    text: 'if (sentBack > taken * (OFFERED - 1)) {',
    mistake: 'if (sentBack < 0) {',
    tests: ['shared/catalog/writePace'],
  },
  {
    name: 'the pace of writes never rises again',
    file: 'shared/catalog/writePace.ts',
    text: 'perSecond = perSecond * OFFERED + STEP;',
    mistake: 'perSecond = Math.min(perSecond, STEP * 40);',
    tests: ['shared/catalog/writePace'],
  },
  {
    name: 'one lease that fails rejects everybody who waits',
    file: 'shared/rate/pacer.ts',
    text: 'failed(clock.now(), error);',
    mistake: 'for (const waiter of waiting.splice(0)) waiter.reject(error);',
    tests: ['shared/rate/pacer'],
    titles: 'whose leases',
  },
  {
    name: 'nobody is told that there are no leases',
    file: 'shared/rate/pacer.ts',
    text: 'for (const waiter of late) waiter.reject(error);',
    mistake: 'for (const waiter of late) waiting.push(waiter);',
    tests: ['shared/rate/pacer'],
    titles: 'whose leases',
  },
  {
    name: 'leases share the sockets of the writes',
    file: 'lambdas/parts/base.ts',
    text: 'leaseStore: { client: dynamodb ?? tableClient(LEASES), table },',
    mistake: 'leaseStore: { client, table },',
    tests: ['lambdas/leaseStore'],
  },
  {
    name: 'a redrive takes letters again that it has left',
    file: 'shared/queue/deadLetters.ts',
    text: "const fresh = messages.filter(({ MessageId = '' }) => !known.has(MessageId));",
    mistake: 'const fresh = messages;',
    tests: ['shared/queue/deadLetters'],
    titles: 'left',
  },
];
