import { describe, expect, test } from '@jest/globals';
import type { Run, RunSummary } from '../../../shared/catalog/run.ts';
import { communityMessages } from '../../../shared/messages.ts';
import { APP, at, GROUP, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import type { Plan } from '../plan.ts';
import { createStage, type Stage } from '../stage.ts';
import { checkTheEnd } from './end.ts';
import { noticingRejections } from './rejections.ts';
import type { Invariant } from './scene.ts';

const PLAN = { deployed: { callsPerSecond: 20 } } as Plan;
const PEAKS = { list: 1, topics: 1, shares: 0 };

/** A night that is right so far: everything is listed and mirrored. */
async function mirrored({ topics = 2, communities = 1 } = {}): Promise<Stage> {
  const stage = createStage({ topics });
  for (let number = 1; number < communities; number++) found(stage, `${GROUP}${number}`);
  stage.goTo(1);
  await stage.list();
  stage.goTo(2);
  for (const groupId of stage.app.communityIds()) await stage.mirror(groupId);
  return stage;
}

function found(stage: Stage, groupId: string): void {
  stage.change((app) => app.createCommunity({ groupId, topics: 1 }), groupId);
}

/** The same, and so many of its topics are deleted and confirmed gone. */
async function confirmed(gone: number, topics: number): Promise<Stage> {
  const stage = await mirrored({ topics });
  stage.goTo(3);
  for (const topicId of stage.topicIds().slice(0, gone))
    stage.change((app) => app.deleteTopic(GROUP, topicId));
  stage.goTo(4);
  await stage.mirror();
  stage.goTo(5);
  return stage;
}

/** The same, and so many of its communities are disbanded, confirmed gone and judged. */
async function disbanded(gone: number, communities: number): Promise<{ stage: Stage; groupIds: string[] }> {
  const stage = await mirrored({ communities });
  stage.goTo(3);
  const groupIds = stage.app.communityIds().slice(0, gone);
  for (const groupId of groupIds) stage.change((app) => app.disbandCommunity(groupId), groupId);
  stage.goTo(4);
  for (const groupId of groupIds) await stage.mirror(groupId);
  stage.goTo(5);
  await stage.judge();
  return { stage, groupIds };
}

function violations({ found }: Stage): Invariant[] {
  return [...found];
}

describe('run-closes is violated by', () => {
  test('a run that is closed a second time', async () => {
    const stage = await mirrored();
    await stage.close('COMPLETE');
    await stage.tamperRun({ status: 'RUNNING' });
    expect(violations(stage)).toEqual(['run-closes']);
  });

  test('a run that is still open in the end', async () => {
    const stage = await mirrored();
    checkTheEnd(stage.scene, PLAN, PEAKS);
    expect(violations(stage)).toContain('run-closes');
  });

  test('and not by a run that a person opens again', async () => {
    const stage = await mirrored();
    await stage.close('INCOMPLETE');
    await stage.catalog.reopenRun(RUN_ID, at(9));
    expect(violations(stage)).toEqual([]);
  });
});

describe('guard-respected is violated by', () => {
  test('a deletion by a run that was not judged', async () => {
    const stage = await confirmed(1, 2);
    await stage.bury();
    expect(violations(stage)).toEqual(['guard-respected']);
  });

  test('a deletion by a run that is held', async () => {
    const stage = await confirmed(1, 2);
    await stage.judge(['too many']);
    await stage.bury();
    expect(violations(stage)).toEqual(['guard-respected']);
  });

  test('a run that is found to be held after it has deleted', async () => {
    const stage = await confirmed(1, 2);
    await stage.judge();
    await stage.bury();
    expect(violations(stage)).toEqual([]);
    await stage.close('HELD');
    expect(violations(stage)).toContain('guard-respected');
  });

  test('one topic more than always passes, when it is a larger share than allowed', async () => {
    const [allowed, tooMany] = [await confirmed(50, 60), await confirmed(51, 61)];
    for (const stage of [allowed, tooMany]) {
      await stage.judge();
      await stage.bury();
    }
    expect(violations(allowed)).toEqual([]);
    expect(violations(tooMany)).toEqual(['guard-respected']);
  });

  test('one community more than always passes, when it is a larger share than allowed', async () => {
    const allowed = await disbanded(5, 7);
    const tooMany = await disbanded(6, 8);
    for (const { stage, groupIds } of [allowed, tooMany])
      for (const groupId of groupIds) await stage.bury(groupId);
    expect(violations(allowed.stage)).toEqual([]);
    expect(violations(tooMany.stage)).toEqual(['guard-respected']);
  });

  test('and not by what a person has approved', async () => {
    const stage = await confirmed(51, 61);
    await stage.judge(['too many']);
    await stage.close('HELD');
    await stage.catalog.releaseRun(RUN_ID, at(9));
    await stage.bury();
    expect(violations(stage)).toEqual([]);
  });
});

describe('counts-agree is violated by a summary that names', () => {
  const closing = async (alter: (summary: RunSummary) => Partial<RunSummary>) => {
    const stage = await mirrored();
    await stage.close('COMPLETE');
    const { summary } = (await stage.catalog.readRun(RUN_ID)) as Run;
    if (!summary) throw new Error('the run has no summary');
    const again = await mirrored();
    await again.close('COMPLETE', { summary: { ...summary, ...alter(summary) } });
    return violations(again);
  };

  test.each(['active', 'missing', 'baseline', 'created', 'updated', 'restored', 'deleted'] as const)(
    'one %s topic too many',
    async (name) => {
      expect(await closing(({ topics }) => ({ topics: { ...topics, [name]: topics[name] + 1 } }))).toEqual([
        'counts-agree',
      ]);
    },
  );

  test.each([
    { topics: 1, new: 0 },
    { topics: 0, new: 1 },
  ])('messages that never came: %j', async (messages) => {
    expect(await closing(() => ({ messages }))).toEqual(['counts-agree']);
  });

  test.each(['synced', 'listed'] as const)('one %s community too many', async (name) => {
    const found = await closing(({ communities }) => ({
      communities: { ...communities, [name]: communities[name] + 1 },
    }));
    expect(found).toEqual(['counts-agree']);
  });

  test('and not by one that is right', async () => {
    expect(await closing(() => ({}))).toEqual([]);
  });
});

describe('unlisted-only-after-complete-list is violated by a question for an unlisted community', () => {
  const [message = ''] = communityMessages({ sdkAppId: APP, runId: RUN_ID, reason: 'unlisted' }, [GROUP]);

  test('before the list was read to its end', async () => {
    const stage = createStage();
    await stage.catalog.openRun({ runId: RUN_ID, startedAt: at(1), limit: 10 });
    stage.watch.sent(message);
    expect(violations(stage)).toEqual(['unlisted-only-after-complete-list']);
  });

  test('after a list that has no end', async () => {
    const stage = await mirrored();
    await stage.tamperRun({ enumerationProblem: 'the list gave the cursor 1 twice' });
    stage.watch.sent(message);
    expect(violations(stage)).toEqual(['unlisted-only-after-complete-list']);
  });

  test('after a list of fewer communities than it says', async () => {
    const stage = await mirrored();
    await stage.tamperRun({ totalCountMin: 2 });
    stage.watch.sent(message);
    expect(violations(stage)).toEqual(['unlisted-only-after-complete-list']);
  });

  test('and not after a list that adds up', async () => {
    const stage = await mirrored();
    stage.watch.sent(message);
    expect(violations(stage)).toEqual([]);
  });
});

describe('incomplete-has-a-cause is violated by', () => {
  const UNFINISHED = '1 listed communities have no outcome';
  const UNREAD = 'the list of communities was not read to its end';

  test.each([UNFINISHED, UNREAD])('"%s", when nothing was given up', async (reason) => {
    const stage = await mirrored();
    await stage.close('INCOMPLETE', { reasons: [reason] });
    expect(violations(stage)).toEqual(['incomplete-has-a-cause']);
  });

  test('and not by either, when a message or a delivery was', async () => {
    const [message, delivery] = [await mirrored(), await mirrored()];
    message.givenUp.communities.add(RUN_ID);
    delivery.givenUp.nights.add(RUN_ID);
    await message.close('INCOMPLETE', { reasons: [UNFINISHED] });
    await delivery.close('INCOMPLETE', { reasons: [UNFINISHED, UNREAD] });
    expect([message, delivery].flatMap(violations)).toEqual([]);
  });

  test('the same, when a listing died that had queued all that it named', async () => {
    const stage = await mirrored();
    stage.givenUp.listings.add(RUN_ID);
    const [message = ''] = communityMessages({ sdkAppId: APP, runId: RUN_ID, reason: 'listed' }, [GROUP]);
    stage.watch.sent(message);
    await stage.close('INCOMPLETE', { reasons: [UNFINISHED] });
    expect(violations(stage)).toEqual(['incomplete-has-a-cause']);
  });

  test('and not, when a listing died that had named communities and not queued them yet', async () => {
    const stage = await mirrored();
    stage.givenUp.listings.add(RUN_ID);
    await stage.close('INCOMPLETE', { reasons: [UNFINISHED] });
    expect(violations(stage)).toEqual([]);
  });

  test('and not by a run beside another, which may lose its outcomes to that', async () => {
    const stage = await mirrored();
    await stage.catalog.openRun({ runId: LATER_RUN_ID, startedAt: at(2), limit: 10 });
    await stage.close('INCOMPLETE', { reasons: [UNFINISHED] });
    expect(violations(stage)).toEqual([]);
  });

  test('a calm night that is not COMPLETE', async () => {
    const stage = await mirrored();
    await stage.close('INCOMPLETE', { reasons: ['1 community failed'] });
    checkTheEnd(stage.scene, PLAN, PEAKS);
    expect(violations(stage)).toEqual(['incomplete-has-a-cause']);
  });
});

describe('ceiling-kept is violated by', () => {
  test.each([
    ['two list calls in a second', { list: 2 }, 20, ['ceiling-kept']],
    ['201 calls of get_topic', { topics: 201 }, 200, ['ceiling-kept']],
    ['six calls more than the budget', { topics: 26 }, 20, ['ceiling-kept']],
    ['six more by the shares of those without leases', { shares: 26 }, 20, ['ceiling-kept']],
    ['and not by five more', { topics: 25, shares: 25 }, 20, []],
  ])('%s', async (_what, peaks, callsPerSecond, expected) => {
    const stage = await mirrored();
    await stage.close('COMPLETE');
    checkTheEnd(stage.scene, { deployed: { callsPerSecond } } as Plan, { ...PEAKS, ...peaks });
    expect(violations(stage)).toEqual(expected);
  });
});

test('no-unhandled-rejection is violated by a promise that is left to reject alone', async () => {
  const stage = createStage();
  await noticingRejections(stage.scene, async () => {
    // Jest keeps real rejections from its sandbox.
    process.emit('unhandledRejection', new Error('alone'), Promise.resolve());
  });
  expect(violations(stage)).toEqual(['no-unhandled-rejection']);
});
