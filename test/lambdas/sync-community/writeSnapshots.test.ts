import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { CommunityBusyError, type SyncParts } from '../../../lambdas/sync-community/outcome.ts';
import { writePlan } from '../../../lambdas/sync-community/writePlan.ts';
import { writeSnapshots } from '../../../lambdas/sync-community/writeSnapshots.ts';
import { withoutThrottleRetries } from '../../../shared/busyClient.ts';
import { catalogOf } from '../../../shared/catalog/index.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { at, observation, RUN_ID, splitAll, topicFields } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { openThrottledTable } from '../../support/throttledTable.ts';

const GROUP = '@TGS#_@TGS#cWRITE';
/** Of new ones eight batches. */
const TOPICS = Array.from({ length: 200 }, (_, index) =>
  topicFields({ topicId: `${GROUP}@TOPIC#_${index}` }),
);

/** A catalog of which some is stored, which notes what is asked of it; the third write of snapshots fails. */
function failingCatalog(stored: readonly Snapshot[]) {
  const events: string[] = [];
  let writes = 0;
  const write = async () => {
    const nth = ++writes;
    await sleep(nth === 3 ? 1 : 10);
    events.push(`write ${nth}`);
    if (nth === 3) throw new Error('throttled');
  };
  const catalog = {
    beginWriting: async () => ({ groupId: GROUP, status: 'active', topicCount: 0, missingCount: 0 }),
    profilesOf: async function* () {
      yield* stored;
    },
    readRoster: async () => undefined,
    putChanges: async () => {},
    createSnapshots: async () => write().then(() => []),
    putSnapshot: async () => write().then(() => true),
    endWriting: async () => {
      events.push('lease given back');
      return true;
    },
  };
  return { catalog, events };
}

describe('writing a community’s snapshots', () => {
  it.each([
    ['new', 8, []],
    ['changed', TOPICS.length, planCommunity([], observation({ groupId: GROUP, topics: TOPICS })).snapshots],
  ])(
    'that are %s, gives the lease back only when no write is under way or to come any more',
    async (_what, writes, stored) => {
      const { catalog, events } = failingCatalog(stored);
      const parts = {
        catalog,
        counters: new Set(),
        writer: 'w',
        now: Date.now,
        sleep,
        deadline: Date.now() + 20_000,
      } as unknown as SyncParts;
      const message = { v: 1, sdkAppId: 1, runId: RUN_ID, groupId: GROUP, reason: 'listed' } as const;
      const topics = TOPICS.map((topic) => ({ ...topic, topicName: 'changed' }));
      const answer = { requestedAt: Date.now(), topics, failures: [], unattributed: [] };
      const writing = writeSnapshots(parts, message, {
        answer,
        topics: splitAll(topics),
        digest: 'd',
        gone: false,
      });
      await expect(writing).rejects.toThrow('throttled');
      await sleep(100);
      expect(events.at(-1)).toBe('lease given back');
      expect(events.filter((event) => event.startsWith('write')).length).toBeLessThan(writes);
    },
  );
});

describe('writing a plan', () => {
  const table = useMemoryTable();

  it('stops where a writer whose lease has run out is after all, so that no topic is created twice', async () => {
    const catalog = catalogOf(table.store, table.freshApp());
    const late = observation({ observedAt: at(1), topics: [topicFields()] });
    const mine = planCommunity([], { ...late, observedAt: at(9) });
    const held = { keep: async () => {} };
    await writePlan({ catalog }, GROUP, planCommunity([], late), held);
    await expect(writePlan({ catalog }, GROUP, mine, held)).rejects.toThrow(CommunityBusyError);
    const kinds = (await collect(catalog.topicsOf(late.groupId))).map(({ lastChange }) => lastChange.kind);
    expect(kinds).toEqual(['created']);
  });

  it.each([
    ['new topics', false],
    ['changed topics', true],
    ['the history of changes', true],
  ])(
    'looks at the lease again before %s that the table has sent back are sent again',
    async (what, areStored) => {
      const app = table.freshApp();
      const first = observation({ observedAt: at(1), topics: [topicFields({ topicId: 'a' })] });
      const held = { keep: async () => {} };
      const before = planCommunity([], first);
      if (areStored) await writePlan({ catalog: catalogOf(table.store, app) }, GROUP, before, held);
      const renamed = splitAll([{ ...topicFields({ topicId: 'a' }), topicName: 'changed' }]);
      const plan = areStored
        ? planCommunity(before.snapshots, { ...first, observedAt: at(9), topics: renamed })
        : before;
      const ofChanges = what === 'the history of changes';
      const throttled = await openThrottledTable(table.store.client, (operation) =>
        ofChanges && operation === 'PutItem' ? undefined : 'ProvisionedThroughputExceededException',
      );
      const client = withoutThrottleRetries(new DynamoDBClient({ ...throttled.account }));
      let looks = 0;
      const keep = async () => {
        looks += 1;
        if (throttled.refused === 2) throw new CommunityBusyError('the lease is another’s');
      };
      const catalog = catalogOf({ ...table.store, client, until: Date.now() + 5000 }, app);
      await expect(writePlan({ catalog }, GROUP, plan, { keep })).rejects.toThrow('the lease is another’s');
      expect([looks, throttled.refused]).toEqual([ofChanges ? 4 : 3, 2]);
      client.destroy();
      await throttled.close();
    },
  );
});
