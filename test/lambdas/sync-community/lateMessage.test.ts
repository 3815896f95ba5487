import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { activityIn } from '../../../shared/catalog/activity.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import type { Intercept, TopicInfo as Topic } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { expectHistoryReplays, expectMirrored } from '../../support/worldCompare.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let catalog: Catalog;
let groupId: string;
let answer: Intercept = () => undefined;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, intercept: (call) => answer(call) });
  [groupId] = world.simulator.app().communityIds() as [string];
});

beforeEach(async () => {
  answer = () => undefined;
  parts = world.fresh();
  catalog = meteredCatalog(parts).catalog;
  for (const runId of [RUN, NEXT_RUN]) await catalog.openRun({ runId, startedAt: runId, limit: 10 });
});

afterAll(() => world.close());

const close = (runId: string) =>
  catalog.writeOutcome(runId, {
    ...{ status: 'INCOMPLETE', closedAt: NEXT_RUN, reasons: [], failures: [] },
    summary: {} as never,
  });

const NOT_ALLOWED = {
  body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 10015, ErrorInfo: 'not allowed' }),
};

const stamp = () => catalog.readCommunity(groupId, { consistent: true });

function editTopic(): void {
  const app = world.simulator.app();
  const [{ TopicId }] = app.topics(groupId) as [Topic];
  app.editTopic(groupId, TopicId, { TopicName: `named at ${performance.now()}` });
}

describe('a message that comes once its run is over and a later one has been at the community', () => {
  it('mirrors what it finds, and leaves the later run what that did', async () => {
    await sync(parts, [groupId], NEXT_RUN);
    const before = await stamp();
    await close(RUN);
    editTopic();

    await sync(parts, [groupId], RUN);

    const { run } = (await stamp()) ?? {};
    expect(run).toMatchObject({ id: NEXT_RUN, outcome: 'synced', created: before?.run?.created, updated: 0 });
    // Each call is some run's, whoever has sent it.
    expect(run?.calls).toBe(2);
    const items = await world.items(parts.app.sdkAppId);
    expectMirrored(items, world.simulator.app());
    expectHistoryReplays(items);
  });

  it('has the messages that it finds counted with the later run, whose roster it moves', async () => {
    const app = world.simulator.app();
    const [{ TopicId }] = app.topics(groupId) as [Topic];
    await sync(parts, [groupId], RUN);
    app.postMessages(groupId, TopicId, 2);
    await sync(parts, [groupId], NEXT_RUN);
    await close(RUN);
    app.postMessages(groupId, TopicId, 3);

    await sync(parts, [groupId], RUN);

    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, messageTopics: 1, newMessages: 5 } });
    const entries = await activityIn(parts.store, parts.app.sdkAppId, groupId, [RUN, NEXT_RUN]);
    expect(entries.map((entry) => entry?.topics.map(({ newMessages }) => newMessages))).toEqual([
      undefined,
      [5],
    ]);
  });

  it('leaves the later run’s success as it is when it fails itself', async () => {
    await sync(parts, [groupId], NEXT_RUN);
    await close(RUN);
    answer = () => NOT_ALLOWED;
    await sync(parts, [groupId], RUN);
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'synced' }, lastErrorCode: 10015 });
  });

  it('makes up for the later run’s failure', async () => {
    answer = () => NOT_ALLOWED;
    await sync(parts, [groupId], NEXT_RUN);
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'failed' } });
    await close(RUN);
    answer = () => undefined;
    await sync(parts, [groupId], RUN);
    const after = await stamp();
    expect(after).toMatchObject({ run: { id: NEXT_RUN, outcome: 'synced' }, status: 'active' });
    expect(after?.lastErrorCode).toBeUndefined();
  });
});

describe('a message of an earlier run that is still open', () => {
  it.each([
    ['was open all along', async () => {}],
    ['is opened again', async () => void ((await close(RUN)) && (await catalog.reopenRun(RUN, NEXT_RUN)))],
  ])('has its run’s outcome on the stamp: it %s', async (_name, prepare) => {
    await sync(parts, [groupId], NEXT_RUN);
    await prepare();
    await sync(parts, [groupId], RUN);
    expect(await stamp()).toMatchObject({ run: { id: RUN, outcome: 'unchanged', calls: 1 } });
  });
});
