import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { summaryLines } from '../../../cli/output/summary.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { runOf } from '../../../lambdas/sync-community/outcome.ts';
import { syncPartsOf } from '../../../lambdas/sync-community/wire.ts';
import { runNight } from '../../../local/night.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import { itemSize } from '../../support/itemSize.ts';
import { createWorld, type World } from '../../support/world.ts';
import { communityMessage, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

const THIRD_RUN = '2026-11-24T02:00:00.000Z';

let world: World;
let groupIds: string[];

beforeAll(async () => {
  world = await createWorld({ communities: 0 });
  const app = world.simulator.app();
  groupIds = Array.from({ length: 6 }, () => app.createCommunity({ topics: 5 }).groupId);
  count(1);
  await night(world.parts, RUN);
});
afterAll(() => world.close());

/** Has an unknown field of every topic count on. */
function count(HotScore: number): void {
  const app = world.simulator.app();
  for (const groupId of groupIds)
    for (const { TopicId } of app.topics(groupId)) app.editTopic(groupId, TopicId, { HotScore });
}

async function night(parts: Parts, runId: string): Promise<Run> {
  await runNight({ parts, runId });
  return (await meteredCatalog(parts).catalog.readRun(runId)) as Run;
}

describe('a field that counts in every topic, and that nobody has said is a counter', () => {
  it('is named by the run that saw it, in its summary and to whoever reads it', async () => {
    count(2);
    world.simulator.app().mutate({ edits: 4 });
    const run = await night(world.parts, NEXT_RUN);
    expect(run.summary?.topics.updated).toBe(30);
    expect(run.summary?.noisyFields).toEqual([{ field: 'HotScore', topics: 26 }]);
    expect(summaryLines(run)).toContain(
      '  ? extra.HotScore changed in 26 topics without a change of any known field; if it is a counter, add it to TOPIC_MIRROR_COUNTERS',
    );
    expect(world.log).toContainEqual(
      expect.objectContaining({ event: 'community.synced', noisy: expect.anything() }),
    );
  });

  it('is counted once, though messages come twice and a message alone comes after it', async () => {
    const [groupId = ''] = groupIds;
    const stamp = async () =>
      (await meteredCatalog(world.parts).catalog.readCommunity(groupId, { consistent: true }))?.run;
    const before = await stamp();
    await sync(world.parts, [groupId], NEXT_RUN);
    const [{ TopicId = '' } = {}] = world.simulator.app().topics(groupId);
    world.simulator.app().postMessages(groupId, TopicId, 3);
    await sync(world.parts, [groupId], NEXT_RUN);
    expect(before?.noisy).toHaveProperty('HotScore');
    expect(await stamp()).toMatchObject({ newMessages: 3, noisy: before?.noisy, updated: before?.updated });
  });

  it('is no edit any more once it is named as a counter, but for the night that it is', async () => {
    const parts = { ...world.parts, app: { ...world.parts.app, counters: ['HotScore'] } };
    const moved = await night(parts, THIRD_RUN);
    expect(moved.summary?.topics.updated).toBe(30);
    expect(moved.summary).not.toHaveProperty('noisyFields');
    count(3);
    const after = await night(parts, '2026-11-25T02:00:00.000Z');
    expect(after.summary?.topics).toMatchObject({ updated: 0, unchanged: 30 });
  });
});

describe('what a stamp says of such fields', () => {
  const groupId = `@TGS#_${'x'.repeat(41)}`;
  const [FIRST, SECOND] = ['2026-12-01T02:00:00.000Z', '2026-12-02T02:00:00.000Z'];
  const LONG = ['Score'.repeat(5), 'SeenBy', 'HotScore'];

  it('leaves it under 1 KB, with the longest id and an error of a later night', async () => {
    const app = world.simulator.app();
    app.createCommunity({ groupId, topics: 100 });
    const set = (value: number) => {
      const fields = Object.fromEntries(LONG.map((name) => [name, value]));
      for (const { TopicId } of app.topics(groupId)) app.editTopic(groupId, TopicId, fields);
    };
    set(1);
    await sync(world.parts, [groupId], FIRST);
    set(2);
    await sync(world.parts, [groupId], SECOND);
    const { catalog } = meteredCatalog(world.parts);
    const at = new Date(Date.now() + 1000).toISOString();
    await catalog.noteTrouble(groupId, { runId: THIRD_RUN, at, message: 'x'.repeat(500) });
    const items = await world.itemsOf(world.parts.app.sdkAppId, groupId);
    const stamp = items.find(({ itemType }) => itemType === 'community');
    expect(stamp).toMatchObject({
      run: { noisy: Object.fromEntries(LONG.map((name) => [name, 100])) },
      lastErrorRunId: THIRD_RUN,
    });
    const writer = { writer: randomUUID(), writingUntil: at };
    const deletions = { runId: SECOND, confirmed: 100, deleted: 100, goneAt: at };
    expect(itemSize({ ...stamp, ...writer, deletions })).toBeLessThanOrEqual(1024);
  });

  it('is left out where the night ended with an error, which needs the room', async () => {
    const { catalog } = meteredCatalog(world.parts);
    const stamp = await catalog.readCommunity(groupId, { consistent: true });
    const parts = syncPartsOf(world.parts, 0);
    const message = communityMessage(world.parts, groupId, { runId: SECOND });
    expect(runOf(parts, message, stamp, 'unchanged', 0)).toHaveProperty('noisy');
    expect(runOf(parts, message, stamp, 'failed', 0)).not.toHaveProperty('noisy');
  });
});
