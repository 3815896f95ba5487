import { describe, expect, test } from '@jest/globals';
import type { Run } from '../../../shared/catalog/run.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID, snapshot } from '../../builders.ts';
import { createStage, type Stage } from '../stage.ts';
import type { Invariant } from './scene.ts';

/** A night that is right so far: a community of two topics is mirrored, and once more with messages in the first. */
async function talked(): Promise<{ stage: Stage; first: string; second: string }> {
  const stage = createStage();
  stage.goTo(1);
  await stage.list();
  stage.goTo(2);
  await stage.mirror();
  const [first = '', second = ''] = stage.topicIds().sort();
  stage.goTo(3);
  stage.change((app) => app.postMessages(GROUP, first, 5));
  stage.goTo(4);
  await stage.mirror();
  stage.goTo(5);
  return { stage, first, second };
}

/** The same, and its first topic, deleted, is a tombstone. */
async function buried() {
  const { stage, first } = await talked();
  const counters = { NextMsgSeq: nextOf(stage, first) };
  stage.change((app) => app.deleteTopic(GROUP, first));
  stage.goTo(6);
  await stage.mirror();
  await stage.judge();
  stage.goTo(7);
  await stage.bury();
  stage.goTo(8);
  return { stage, gone: first, counters };
}

function nextOf({ app }: Stage, topicId: string): number {
  return app.community(GROUP).topics.get(topicId)?.info.NextMsgSeq ?? 0;
}

/** The checks of settled communities have their say too. */
function settled({ watch, found }: Stage): Invariant[] {
  watch.settled();
  return [...found];
}

describe('the checks find nothing', () => {
  test('in messages that a run counts in two looks', async () => {
    const { stage, second } = await talked();
    stage.change((app) => app.postMessages(GROUP, second, 2));
    stage.goTo(6);
    await stage.mirror();
    await stage.close('COMPLETE');
    const { summary } = (await stage.catalog.readRun(RUN_ID)) as Run;
    expect(summary?.messages).toEqual({ topics: 2, new: 7 });
    expect(settled(stage)).toEqual([]);
  });

  test('in a topic that is created later and has messages, or that is deleted and back with more', async () => {
    const { stage, gone, counters } = await buried();
    stage.change((app) => app.createTopic(GROUP, { TopicId: gone, ...counters }));
    stage.change((app) => app.postMessages(GROUP, gone, 3));
    stage.change((app) => app.createTopic(GROUP, { TopicId: `${GROUP}@TOPIC#_new`, NextMsgSeq: 4 }));
    stage.goTo(9);
    await stage.mirror();
    await stage.close('COMPLETE');
    expect(settled(stage)).toEqual([]);
  });
});

describe('rosters-match is violated by a roster', () => {
  test('with messages that there never were', async () => {
    const { stage, first, second } = await talked();
    await stage.tamperRoster({
      observedAt: at(5),
      nextMsgSeq: [nextOf(stage, first) + 1, nextOf(stage, second)],
    });
    expect([...stage.found]).toEqual(['rosters-match']);
  });

  test('without a topic', async () => {
    const { stage } = await talked();
    await stage.tamperRoster({ observedAt: at(5), topicIds: [] });
    expect(settled(stage)).toEqual(['rosters-match']);
  });

  test('with a topic that is not stored', async () => {
    const { stage, first, second } = await talked();
    stage.change((app) => app.createTopic(GROUP, { TopicId: `${GROUP}@TOPIC#_new`, CreateTime: 1 }));
    const roster = await stage.catalog.readRoster(GROUP, { consistent: true });
    if (!roster) throw new Error(`${first} and ${second} have no roster`);
    const row = { createTime: 1, nextMsgSeq: 1, lastMsgTime: 0, newMessages: 0 };
    const rows = new Map([...roster.rows, [`${GROUP}@TOPIC#_new`, row]]);
    await stage.catalog.putRoster({ ...roster, observedAt: at(5), rows }, roster);
    expect(settled(stage)).toEqual(['rosters-match']);
  });

  test('that differs from a profile', async () => {
    const { stage } = await talked();
    await stage.tamperRoster({ observedAt: at(5), createTime: [1, 2] });
    expect(settled(stage)).toEqual(['rosters-match']);
  });

  test('of a later run with a tombstone', async () => {
    const { stage } = await buried();
    await stage.tamperRoster({ observedAt: at(9) });
    expect([...stage.found]).toEqual([]);
    await stage.tamperRoster({ observedAt: at(10), runId: LATER_RUN_ID });
    expect([...stage.found]).toEqual(['rosters-match']);
  });
});

test('no-backward-step is violated by a roster that is older than the stored one', async () => {
  const { stage } = await talked();
  await stage.tamperRoster({ observedAt: at(3) });
  expect([...stage.found]).toEqual(['no-backward-step']);
});

test('nothing-lost is violated by a run that is COMPLETE with messages that a roster lacks', async () => {
  const { stage } = await talked();
  await stage.close('COMPLETE');
  expect([...stage.found]).toEqual([]);
  const late = createStage();
  late.goTo(-60);
  await late.mirror();
  const [topicId = ''] = late.topicIds();
  late.change((app) => app.postMessages(GROUP, topicId));
  late.goTo(1);
  await late.list();
  await late.close('COMPLETE');
  expect([...late.found]).toContain('nothing-lost');
});

test('no-false-tombstone is violated by a tombstone that forgets its messages', async () => {
  const { stage, first } = await talked();
  stage.change((app) => app.deleteTopic(GROUP, first));
  stage.goTo(6);
  await stage.mirror();
  await stage.judge();
  await stage.tamper(first, {
    ...{ status: 'deleted', deletedAt: at(6), deletedCode: 110_003 },
    lastChange: { runId: RUN_ID, kind: 'deleted' },
  });
  expect([...stage.found]).toEqual(['no-false-tombstone']);
});

describe('messages-counted is violated by an activity entry', () => {
  test('that counts more than have come', async () => {
    const { stage } = await talked();
    await stage.tamperEntry({ newMessages: [6] });
    expect([...stage.found]).toEqual(['messages-counted']);
  });

  test('that counts fewer, once the night is over', async () => {
    const { stage } = await talked();
    await stage.tamperEntry({ newMessages: [4] });
    expect([...stage.found]).toEqual([]);
    await stage.close('COMPLETE');
    expect([...stage.found]).toEqual(['messages-counted']);
  });

  test('that lacks a topic', async () => {
    const { stage } = await talked();
    await stage.tamperEntry({ topicIds: [], newMessages: [] });
    expect(settled(stage)).toEqual(['messages-counted']);
  });
});

describe('messages-are-no-edits is violated by', () => {
  test('a topic that is written for messages alone', async () => {
    const { stage, first } = await talked();
    await stage.tamper(first, { observedAt: at(5) });
    expect([...stage.found]).toEqual(['messages-are-no-edits']);
  });

  test('a topic that is stored with its activity', async () => {
    const { stage, first } = await talked();
    stage.change((app) => app.editTopic(GROUP, first, { TopicName: 'another name' }));
    await stage.tamper(first, { observedAt: at(5), topicName: 'another name', nextMsgSeq: 6 });
    expect([...stage.found]).toEqual(['messages-are-no-edits']);
  });

  test.each([
    ['of messages', { after: { nextMsgSeq: 6 } }],
    ['of nothing', {}],
  ])('a history entry that tells %s', async (_what, sides) => {
    const { stage, first } = await talked();
    const entry = {
      observedAt: at(5),
      runId: RUN_ID,
      kind: 'updated',
      groupId: GROUP,
      topicId: first,
    } as const;
    await stage.catalog.putChanges([{ ...entry, ...sides }]);
    expect([...stage.found]).toEqual(['messages-are-no-edits']);
  });
});

describe('baseline-once is violated by', () => {
  const made = (runKind: 'baseline' | 'created'): Partial<Snapshot> => ({
    lastChange: { runId: RUN_ID, kind: 'created', runKind },
  });

  test('a history entry of what the first complete answer held', async () => {
    const { stage, first } = await talked();
    const entry = {
      observedAt: at(2),
      runId: RUN_ID,
      kind: 'created',
      groupId: GROUP,
      topicId: first,
    } as const;
    await stage.catalog.putChanges([entry]);
    expect([...stage.found]).toEqual(['baseline-once']);
  });

  test('a later topic that counts as one of the first complete answer', async () => {
    const { stage } = await talked();
    const late = { status: 'missing', observedAt: at(5), ...made('baseline') } as const;
    await stage.catalog.putSnapshot(snapshot(late));
    expect([...stage.found]).toEqual(['baseline-once']);
  });

  test('a topic of the first complete answer that counts as a later one', async () => {
    const stage = createStage();
    await stage.catalog.putSnapshot(snapshot({ status: 'missing', ...made('created') }));
    expect([...stage.found]).toEqual(['baseline-once']);
  });
});
