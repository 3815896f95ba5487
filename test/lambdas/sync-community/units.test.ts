import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { readCommunity } from '../../../shared/catalog/communities.ts';
import type { Community } from '../../../shared/catalog/community.ts';
import { TABLE } from '../../../shared/catalog/table.ts';
import type { SimulatedApp } from '../../../simulator/index.ts';
import { auditUnits, total, type UnitAudit, type Units } from '../../support/unitAudit.ts';
import { createWorld, type World } from '../../support/world.ts';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let audit: UnitAudit;
let parts: Parts;
let app: SimulatedApp;
/** A community of twenty topics, each well under 1 KB as it is stored. */
let groupId: string;

beforeAll(async () => {
  world = await createWorld({ communities: 0 });
  audit = auditUnits(world.parts.store.client, Object.values(TABLE.indexes));
  app = world.simulator.app();
});

beforeEach(() => {
  parts = world.fresh();
  ({ groupId } = app.createCommunity());
  for (let nth = 0; nth < 20; nth++) app.createTopic(groupId, { TopicName: `topic ${nth}` });
});

afterAll(() => world.close());

/** Bytes of a text that makes an item of 3 KB. */
const LONG = 2_300;
/** As it is once messages have come. */
const MESSAGE = { NextMsgSeq: 9, LastMsgTime: 2_000_000_000 };
const LATER_RUN = '2026-11-24T02:00:00.000Z';

/** What is done before, what is done to the app, and what the next delivery writes, by what the items are. */
const CASES: readonly {
  readonly what: string;
  readonly before?: () => Promise<unknown>;
  readonly change?: () => unknown;
  readonly writes: Units;
  readonly deliver?: () => Promise<unknown>;
}[] = [
  { what: 'unchanged', writes: { stamps: 1 } },
  {
    what: 'with one changed topic of twenty',
    change: () => app.editTopic(groupId, topic(0), { TopicName: 'renamed' }),
    writes: { stamps: 2, topics: 1, history: 1, index: 1 },
  },
  {
    what: 'with new messages in five topics of twenty',
    change: () => [0, 1, 2, 3, 4].map((nth) => app.editTopic(groupId, topic(nth), MESSAGE)),
    writes: { stamps: 1, rosters: 1, activity: 1 },
  },
  {
    what: 'with new messages in all of its topics',
    change: () => app.topics(groupId).map(({ TopicId }) => app.editTopic(groupId, TopicId, MESSAGE)),
    writes: { stamps: 1, rosters: 1, activity: 1 },
  },
  {
    what: 'with new messages and a changed topic',
    change: () => {
      app.editTopic(groupId, topic(0), { ...MESSAGE, TopicName: 'renamed' });
      app.editTopic(groupId, topic(1), MESSAGE);
    },
    writes: { stamps: 2, topics: 1, history: 1, index: 1, rosters: 1, activity: 1 },
  },
  {
    what: 'with a topic in which everybody is muted from now on',
    change: () => app.editTopic(groupId, topic(0), { MuteAllMember: 'On' }),
    writes: { stamps: 2, topics: 1, history: 1, index: 1, rosters: 1 },
  },
  {
    what: 'with a topic of 3 KB that has a new name',
    before: () => {
      app.editTopic(groupId, topic(0), { CustomString: 'x'.repeat(LONG) });
      return sync(parts, [groupId], RUN);
    },
    change: () => app.editTopic(groupId, topic(0), { TopicName: 'renamed' }),
    writes: { stamps: 2, topics: 3, history: 1, index: 1 },
  },
  {
    what: 'with a topic that is 3 KB long from now on',
    change: () => app.editTopic(groupId, topic(0), { CustomString: 'x'.repeat(LONG) }),
    writes: { stamps: 2, topics: 3, history: 3, index: 3 },
  },
  {
    what: 'with a created topic',
    change: () => app.createTopic(groupId, { TopicName: 'new' }),
    writes: { stamps: 2, topics: 1, history: 1, index: 1, rosters: 1 },
  },
  {
    what: 'with a topic that is missing',
    change: () => app.deleteTopic(groupId, topic(0)),
    writes: { stamps: 2, topics: 1, index: 1 },
  },
  {
    what: 'with a topic that is still missing the night after',
    before: () => {
      app.deleteTopic(groupId, topic(0));
      return sync(parts, [groupId], NEXT_RUN);
    },
    deliver: () => sync(parts, [groupId], LATER_RUN),
    writes: { stamps: 2, topics: 1, index: 1 },
  },
  {
    what: 'whose confirmed deletion is carried out',
    before: async () => {
      app.deleteTopic(groupId, topic(0));
      await sync(parts, [groupId], NEXT_RUN);
    },
    deliver: () => tombstone(NEXT_RUN),
    // Out of the missing ones, into the deleted ones and the day's changes.
    writes: { stamps: 2, topics: 1, history: 1, index: 3 },
  },
  {
    what: 'with a topic that is back from its deletion',
    before: async () => {
      const TopicId = topic(0);
      app.deleteTopic(groupId, TopicId);
      await sync(parts, [groupId], RUN);
      await tombstone(RUN);
      app.createTopic(groupId, { TopicId, TopicName: 'back', CreateTime: 1_700_000_000 });
    },
    writes: { stamps: 2, topics: 1, history: 1, index: 2, rosters: 1 },
  },
  { what: 'that fails', change: () => app.setTopicSupport(groupId, false), writes: { stamps: 1, index: 1 } },
  {
    what: 'that fails for the second night',
    before: async () => {
      app.setTopicSupport(groupId, false);
      await sync(parts, [groupId], NEXT_RUN);
    },
    writes: { stamps: 1, index: 1 },
    deliver: () => sync(parts, [groupId], LATER_RUN),
  },
  {
    what: 'that is unchanged since before it failed',
    before: async () => {
      app.setTopicSupport(groupId, false);
      await sync(parts, [groupId], NEXT_RUN);
      app.setTopicSupport(groupId, true);
    },
    writes: { stamps: 1, index: 1 },
    deliver: () => sync(parts, [groupId], LATER_RUN),
  },
];

describe('a community', () => {
  it.each(CASES)(
    '$what costs $writes',
    async ({ before, change, writes, deliver = () => sync(parts, [groupId], NEXT_RUN) }) => {
      await sync(parts, [groupId], RUN);
      await before?.();
      await change?.();
      const earlier = await stamp();
      audit.take();

      await deliver();

      const taken = audit.take();
      expect(taken.writes).toEqual(writes);
      expect(metered(earlier, await stamp())).toEqual({ writes: total(writes), reads: total(taken.reads) });
    },
  );
});

describe('a community that is seen for the first time', () => {
  it('costs a write unit a topic, its roster, the lease and the stamp: no history, no index', async () => {
    audit.take();
    await sync(parts, [groupId], RUN);
    expect(audit.take().writes).toEqual({ stamps: 2, topics: 20, rosters: 1 });
  });
});

describe('ten communities with messages alone', () => {
  it('cost three write units each, and read no topic; their rosters together once they have talked before', async () => {
    const groupIds = Array.from({ length: 10 }, () => talkative());
    await sync(parts, groupIds, RUN);
    for (const runId of [NEXT_RUN, LATER_RUN]) {
      for (const id of groupIds) for (const { TopicId } of app.topics(id)) app.postMessages(id, TopicId, 3);
      audit.take();
      await sync(parts, groupIds, runId);
      expect(audit.take()).toEqual({
        writes: { stamps: 10, rosters: 10, activity: 10 },
        reads: { stamps: 5, rosters: 5, runs: 0.5 },
      });
    }
  });
});

describe('an unchanged community', () => {
  it('costs a write unit and a tenth more than half a read unit: a batch looks at its run once', async () => {
    const groupIds = Array.from({ length: 10 }, () => app.createCommunity({ topics: 20 }).groupId);
    await sync(parts, groupIds, RUN);
    audit.take();
    await sync(parts, groupIds, NEXT_RUN);
    expect(audit.take()).toEqual({ writes: { stamps: 10 }, reads: { stamps: 5, runs: 0.5 } });
  });

  it('costs no more with the longest id and fifty topics of 8 KB each', async () => {
    ({ groupId } = app.createCommunity({ groupId: `@TGS#_${'|'.repeat(41)}` }));
    for (let nth = 0; nth < 50; nth++) app.createTopic(groupId, { CustomString: 'x'.repeat(8_000) });
    await sync(parts, [groupId], RUN);
    audit.take();
    await sync(parts, [groupId], NEXT_RUN);
    expect(audit.take()).toEqual({ writes: { stamps: 1 }, reads: { stamps: 0.5, runs: 0.5 } });
  });
});

/** A community of twenty topics with ids of Tencent's making that all have had messages. */
function talkative(): string {
  const { groupId: id } = app.createCommunity({ topics: 20 });
  return id;
}

/** The id of one of the topics as the app has them. */
function topic(nth: number): string {
  return app.topics(groupId)[nth]?.TopicId as string;
}

function tombstone(runId: string): Promise<number[]> {
  const judgedAt = new Date().toISOString();
  return deliver(parts, communityMessage(parts, groupId, { runId, reason: 'confirmed', judgedAt }));
}

async function stamp(): Promise<Community> {
  const { store, app: config } = parts;
  return (await readCommunity(store, config.sdkAppId, groupId, { consistent: true })) as Community;
}

/** What the functions themselves say that a delivery cost, as the run's summary adds it up. */
function metered({ run: earlier }: Community, { run }: Community) {
  const same = earlier?.id === run?.id ? earlier : undefined;
  return {
    writes: (run?.writeUnits ?? 0) - (same?.writeUnits ?? 0),
    reads: (run?.readUnits ?? 0) - (same?.readUnits ?? 0),
  };
}
