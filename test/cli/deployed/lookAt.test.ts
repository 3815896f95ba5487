import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { countingOn, lookAt } from '../../../cli/deployed/lookAt.ts';
import type { DeployedMirror } from '../../../cli/deployed/mirror.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { sendAll } from '../../../shared/queue/send.ts';
import { createWorld, type World } from '../../support/world.ts';
import { RUN } from '../../support/worldEvents.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

/** A progress bar that only counts. */
function countingBar() {
  return { call: jest.fn(), update: jest.fn(), stop: () => {} };
}

describe('a look at a deployed run', () => {
  it('reads the ledger, and the queue where somebody sees the progress', async () => {
    const { store, app, communitiesQueue } = world.parts;
    const mirror = { store, queue: () => communitiesQueue } as Partial<DeployedMirror> as DeployedMirror;
    const run = { mirror, sdkAppId: app.sdkAppId, runId: RUN };
    const seen = lookAt(run, countingBar(), true);
    expect(await seen.read()).toBeUndefined();
    await openRun(store, app.sdkAppId, { runId: RUN, startedAt: RUN, limit: 100 });
    await sendAll(communitiesQueue, ['a', 'b', 'c']);
    expect(await seen.read()).toMatchObject({ runId: RUN, status: 'RUNNING' });
    expect(await seen.depth?.()).toBe(3);
    expect(lookAt(run, countingBar(), false).depth).toBeUndefined();
  });
});

describe('the progress of a deployed run', () => {
  it('counts each community once, whatever the queue says, and none that was done before the watch', () => {
    const bar = countingBar();
    const onProgress = countingOn(bar);
    for (const done of [500, 510, 505, 512]) onProgress(done, 1000);
    expect(bar.call).toHaveBeenCalledTimes(12);
    expect(bar.update).toHaveBeenLastCalledWith(512, 1000);
  });
});
