import { describe, expect, test } from '@jest/globals';
import { at, GROUP, RUN_ID, snapshot } from '../../builders.ts';
import type { Plan } from '../plan.ts';
import { createStage, type Stage } from '../stage.ts';
import { checkTheEnd } from './end.ts';
import type { Invariant } from './scene.ts';

const PLAN = { deployed: { callsPerSecond: 195 } } as Plan;

/** A night that is right so far: one community of two topics, listed and mirrored. */
async function mirrored(): Promise<{ stage: Stage; first: string; second: string }> {
  const stage = createStage();
  stage.goTo(1);
  await stage.list();
  stage.goTo(2);
  await stage.mirror();
  const [first = '', second = ''] = stage.topicIds();
  return { stage, first, second };
}

/** The same, and one of its topics is deleted, confirmed gone and judged. */
async function judged() {
  const { stage, first, second } = await mirrored();
  stage.goTo(3);
  stage.change((app) => app.deleteTopic(GROUP, first));
  stage.goTo(4);
  await stage.mirror();
  stage.goTo(5);
  await stage.judge();
  return { stage, gone: first, left: second };
}

/** The checks at the end of a simulation have their say too. */
function ended({ scene, watch, found }: Stage): Invariant[] {
  watch.settled();
  checkTheEnd(scene, PLAN, { list: 1, topics: 1, shares: 0 });
  return [...found];
}

describe('the checks find nothing', () => {
  test('in a night that goes right: created, updated, deleted and restored topics', async () => {
    const { stage, gone, left } = await judged();
    await stage.bury();
    stage.goTo(6);
    stage.change((app) => app.createTopic(GROUP, { TopicId: gone }));
    stage.change((app) => app.editTopic(GROUP, left, { TopicName: 'another name' }));
    await stage.mirror();
    stage.goTo(8);
    await stage.close('COMPLETE');
    expect(ended(stage)).toEqual([]);
  });

  test('in a history entry that is written again as it was', async () => {
    const { stage, first } = await mirrored();
    const change = { observedAt: at(9), runId: RUN_ID, groupId: GROUP, topicId: first };
    for (let time = 0; time < 2; time++)
      await stage.catalog.putChanges([{ ...change, kind: 'updated', after: { topicName: 'again' } }]);
    expect([...stage.found]).toEqual([]);
  });

  test('in what differs from the app since the run has ended', async () => {
    const { stage, first } = await mirrored();
    stage.goTo(3);
    await stage.close('COMPLETE');
    stage.change((app) => app.deleteTopic(GROUP, first));
    expect([...stage.found]).toEqual([]);
  });
});

describe('nothing-lost is violated by a run that is COMPLETE', () => {
  test.each<[string, (stage: Stage) => Promise<void>]>([
    ['without a community', async () => {}],
    [
      'without a topic',
      async (stage) => {
        await stage.mirror();
        stage.change((app) => app.createTopic(GROUP));
      },
    ],
    [
      'with a topic that had another name before the run',
      async (stage) => {
        const [topicId = ''] = stage.topicIds();
        await stage.mirror();
        stage.change((app) => app.editTopic(GROUP, topicId, { TopicName: 'another name' }));
      },
    ],
    [
      'with a topic that was gone before the run',
      async (stage) => {
        const [topicId = ''] = stage.topicIds();
        await stage.mirror();
        stage.change((app) => app.deleteTopic(GROUP, topicId));
      },
    ],
  ])('%s', async (_what, before) => {
    const stage = createStage();
    stage.goTo(-60);
    await before(stage);
    stage.goTo(1);
    await stage.list();
    await stage.close('COMPLETE');
    expect([...stage.found]).toContain('nothing-lost');
  });

  test('and in the end by a catalog that is not the app', async () => {
    const { stage, first } = await mirrored();
    stage.goTo(3);
    await stage.close('COMPLETE');
    stage.goTo(4);
    stage.change((app) => app.deleteTopic(GROUP, first));
    stage.goTo(5);
    expect(ended(stage)).toEqual(['nothing-lost']);
  });
});

describe('no-false-tombstone is violated by', () => {
  test('a tombstone of a topic that is there', async () => {
    const { stage, first } = await mirrored();
    await stage.judge();
    await stage.tamper(first, {
      ...{ status: 'deleted', deletedAt: at(2), deletedCode: 110_003, observedAt: at(3) },
      lastChange: { runId: RUN_ID, kind: 'deleted' },
    });
    expect([...stage.found]).toEqual(['no-false-tombstone']);
  });

  test('a tombstone on the word of a code that proves nothing', async () => {
    const { stage, gone } = await judged();
    await stage.tamper(gone, { confirmedCode: 10_007 });
    await stage.bury();
    expect([...stage.found]).toEqual(['no-false-tombstone']);
  });

  test('a tombstone that does not keep the last snapshot', async () => {
    const { stage, gone } = await judged();
    await stage.tamper(gone, {
      ...{ status: 'deleted', deletedAt: at(4), deletedCode: 110_003, introduction: 'not as it was' },
      lastChange: { runId: RUN_ID, kind: 'deleted' },
    });
    expect([...stage.found]).toEqual(['no-false-tombstone']);
  });

  test('a community that is marked as deleted and is there', async () => {
    const { stage } = await mirrored();
    await stage.judge();
    const lease = { writer: 'another', until: at(60) };
    await stage.catalog.beginWriting(GROUP, { ...lease, now: at(3), askedAt: undefined });
    await stage.catalog.stampTombstones(GROUP, lease, {
      ...{ topicCount: 0, missingCount: 0, deletedAt: at(3) },
      deletions: { runId: RUN_ID, confirmed: 0, deleted: 0, goneAt: at(3) },
    });
    expect([...stage.found]).toEqual(['no-false-tombstone']);
  });
});

describe('no-backward-step is violated by', () => {
  test('a snapshot that is older than the stored one', async () => {
    const { stage, first } = await mirrored();
    await stage.tamper(first, { observedAt: at(1) });
    expect([...stage.found]).toContain('no-backward-step');
  });

  test('a snapshot that shows what was true before it was asked for, and not since', async () => {
    const { stage, first } = await mirrored();
    stage.goTo(3);
    stage.change((app) => app.editTopic(GROUP, first, { Introduction: 'another' }));
    stage.goTo(4);
    await stage.tamper(first, { observedAt: at(4) });
    expect([...stage.found]).toContain('no-backward-step');
  });
});

describe('change-log-matches is violated by', () => {
  const entry = { observedAt: at(9), runId: RUN_ID, groupId: GROUP };

  test('a change that is not in the history', async () => {
    const { stage, first } = await mirrored();
    stage.goTo(3);
    stage.change((app) => app.editTopic(GROUP, first, { TopicName: 'another name' }));
    await stage.tamper(first, { topicName: 'another name', observedAt: at(3), lastChangedAt: at(3) });
    expect(ended(stage)).toContain('change-log-matches');
  });

  test('a history whose end is not what is stored', async () => {
    const { stage, first } = await mirrored();
    stage.change((app) => app.editTopic(GROUP, first, { TopicName: 'another name' }));
    await stage.tamper(first, { topicName: 'another name' });
    stage.watch.settled();
    expect([...stage.found]).toEqual(['change-log-matches']);
  });

  test('a topic that is restored and was not deleted', async () => {
    const { stage, first } = await mirrored();
    await stage.catalog.putChanges([{ ...entry, kind: 'restored', topicId: first }]);
    await stage.tamper(first, { observedAt: at(9), lastChangedAt: at(9) });
    stage.watch.settled();
    expect([...stage.found]).toContain('change-log-matches');
  });

  test('a history of a topic that is not stored', async () => {
    const { stage } = await mirrored();
    await stage.catalog.putChanges([{ ...entry, kind: 'created', topicId: 'nowhere', after: {} }]);
    stage.watch.settled();
    expect([...stage.found]).toEqual(['change-log-matches']);
  });

  test('a topic without a history', async () => {
    const { stage, first } = await mirrored();
    const profile = (await stage.catalog.topicsOf(GROUP).next()).value?.profile ?? {};
    stage.change((app) => app.createTopic(GROUP, { TopicId: `${first}x` }));
    await stage.catalog.putSnapshot(snapshot({ topicId: `${first}x`, profile, status: 'missing' }));
    stage.watch.settled();
    expect([...stage.found]).toContain('change-log-matches');
  });
});

test('stream-complete is violated by a history entry that is written again and differs', async () => {
  const { stage, first } = await mirrored();
  const change = { observedAt: at(9), groupId: GROUP, topicId: first, kind: 'updated' } as const;
  for (const topicName of ['one', 'other'])
    await stage.catalog.putChanges([{ ...change, runId: RUN_ID, after: { topicName } }]);
  expect([...stage.found]).toEqual(['stream-complete']);
});
