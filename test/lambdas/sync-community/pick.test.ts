import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { createPickHandler, type Picked } from '../../../lambdas/sync-community/pickHandler.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import type { Intercept } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { essence, expectHistoryReplays } from '../../support/worldCompare.ts';
import { deliver, lambdaContext, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let catalog: Catalog;
let groupIds: string[];
let answer: Intercept;

beforeAll(async () => {
  world = await createWorld({ communities: 3, quirks: false, intercept: (call) => answer(call) });
  groupIds = world.simulator.app().communityIds();
});

beforeEach(() => {
  answer = () => undefined;
  parts = world.fresh();
  catalog = meteredCatalog(parts).catalog;
});

afterAll(() => world.close());

const open = (runId: string) => catalog.openRun({ runId, startedAt: runId, limit: 10 });
const items = () => world.items(parts.app.sdkAppId);
const stampOf = (groupId: string) => catalog.readCommunity(groupId, { consistent: true });

async function pick(...ids: string[]): Promise<readonly Picked[]> {
  return (await createPickHandler(parts)({ pick: ids }, lambdaContext())) as unknown as readonly Picked[];
}

/** Deletes a community's last topic. @returns its id */
function deleteTopic(groupId: string): string {
  const app = world.simulator.app();
  const topicId = app.topics(groupId).at(-1)?.TopicId ?? '';
  app.deleteTopic(groupId, topicId);
  return topicId;
}

const failing = (ErrorCode: number) => ({
  body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode, ErrorInfo: 'no' }),
});

describe('a picked community', () => {
  it('is mirrored before there is any run', async () => {
    const [groupId = ''] = groupIds;
    const topics = world.simulator.app().topics(groupId).length;
    expect(await pick(groupId)).toMatchObject([
      { groupId, outcome: 'synced', topics: { active: topics }, changes: { baseline: topics } },
    ]);
    expect((await pick(groupId))[0]).toEqual({ groupId, runId: expect.any(String), outcome: 'unchanged' });
  });

  it('before its night’s own message leaves that night as it would have been', async () => {
    const [first, second] = [world.fresh(), world.fresh()];
    const nights = [first, second].map(async (night, index) => {
      await meteredCatalog(night).catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10 });
      if (index === 1) await createPickHandler(night)({ pick: groupIds.slice(0, 2) }, lambdaContext());
      await sync(night, groupIds);
      return essence(await world.items(night.app.sdkAppId));
    });
    const [without, withPicks] = await Promise.all(nights);
    expect(withPicks).toEqual(without);
  });

  it('that the API does not know, and the catalog neither, comes into no catalog', async () => {
    await open(RUN);
    const before = await items();
    expect(await pick('@TGS#_nowhere')).toMatchObject([
      { outcome: 'failed', failure: { code: 10010, treatment: 'outcome' } },
    ]);
    expect(await items()).toEqual(before);
  });

  it.each([
    ['10002, which may pass', 10002, 'retry'],
    ['10007, of the community', 10007, 'skip'],
    ['70003, of the key', 70003, 'fatal'],
    ['10010, as if it were gone', 10010, 'outcome'],
  ])(
    'that cannot be read (%s) stays as it is, and its run knows nothing of it',
    async (_what, code, treatment) => {
      await open(RUN);
      await sync(parts, groupIds);
      const before = await items();
      answer = ({ api }) => (api === 'get_topic' ? failing(code) : undefined);
      expect(await pick(groupIds[0] ?? '')).toMatchObject([
        { outcome: 'failed', failure: { code, treatment } },
      ]);
      expect(await items()).toEqual(before);
    },
  );

  it('that answers with nothing, and then not at all, stays as it is, and its run knows nothing of it', async () => {
    await open(RUN);
    await sync(parts, groupIds);
    const before = await items();
    const empty = {
      body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', TopicAndSelfInfo: [] }),
    };
    const answers = [empty];
    answer = ({ api }) => (api === 'get_topic' ? (answers.shift() ?? failing(10007)) : undefined);
    expect(await pick(groupIds[0] ?? '')).toMatchObject([{ outcome: 'failed', failure: { code: 10007 } }]);
    expect(await items()).toEqual(before);
  });

  it('of a run that was halted is asked for all the same', async () => {
    await open(RUN);
    await catalog.haltRun(RUN, { message: 'wrong key' });
    expect(await pick(groupIds[0] ?? '')).toMatchObject([{ outcome: 'synced', runId: RUN }]);
  });

  it('loses no topic: a deletion is confirmed, and left to a run to judge', async () => {
    const [groupId = ''] = groupIds;
    await open(RUN);
    await sync(parts, groupIds);
    const topicId = deleteTopic(groupId);
    expect(await pick(groupId)).toMatchObject([{ topics: { missing: 1, confirmed: 1 }, changes: {} }]);
    const topics = await Array.fromAsync(catalog.topicsOf(groupId));
    expect(topics.find((topic) => topic.topicId === topicId)).toMatchObject({
      status: 'missing',
      confirmedRunId: RUN,
    });
    await open(NEXT_RUN);
    await sync(parts, groupIds, NEXT_RUN);
    expect((await stampOf(groupId))?.deletions).toMatchObject({ runId: NEXT_RUN, confirmed: 1, deleted: 0 });
    expectHistoryReplays(await items());
  });

  it('leaves what a closed run holds as it is, so that it can still be approved', async () => {
    const [, groupId = ''] = groupIds;
    await open(RUN);
    await sync(parts, groupIds);
    await open(NEXT_RUN);
    const topicId = deleteTopic(groupId);
    await sync(parts, groupIds, NEXT_RUN);
    const held = await stampOf(groupId);
    await catalog.noteVerdict(NEXT_RUN, { judgedAt: new Date().toISOString(), reasons: ['too many'] });
    await catalog.writeOutcome(NEXT_RUN, {
      ...{ status: 'HELD', closedAt: new Date().toISOString(), reasons: ['too many'], failures: [] },
      summary: {} as never,
    });
    await pick(groupId);
    expect((await stampOf(groupId))?.deletions).toEqual(held?.deletions);
    const judgedAt = (await catalog.readRun(NEXT_RUN))?.verdict?.judgedAt;
    const message = {
      v: 1,
      sdkAppId: parts.app.sdkAppId,
      runId: NEXT_RUN,
      groupId,
      reason: 'confirmed',
      judgedAt,
    };
    expect(await deliver(parts, message)).toEqual([]);
    const topics = await Array.fromAsync(catalog.topicsOf(groupId));
    expect(topics.find((topic) => topic.topicId === topicId)?.status).toBe('deleted');
  });

  it('waits while its run carries out deletions: one more would keep it from ending well', async () => {
    await open(RUN);
    await sync(parts, groupIds);
    await catalog.noteVerdict(RUN, { judgedAt: new Date().toISOString(), reasons: [] });
    const before = await items();
    expect(await pick(groupIds[0] ?? '')).toMatchObject([
      { outcome: 'failed', failure: { isWaiting: true, message: expect.stringContaining(RUN) } },
    ]);
    expect(await items()).toEqual(before);
  });

  it('is refused in an event that is none', async () => {
    const event = { pick: [] };
    await expect(createPickHandler(parts)(event, lambdaContext())).rejects.toThrow(/Invalid length/);
  });
});
