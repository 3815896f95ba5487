import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEASE_MS } from '../../../shared/restore/claim.ts';
import type { Restore } from '../../../shared/restore/intent.ts';
import type { Outcome } from '../../../shared/restore/parts.ts';
import { type PlannedTopic, planTopic } from '../../../shared/restore/plan.ts';
import { restoreTopic } from '../../../shared/restore/restoreTopic.ts';
import { APP, at, GROUP, snapshot } from '../../builders.ts';
import { type Accident, createModel, Killed, type Model } from './model.ts';

const TO = { sdkAppId: APP, groupId: GROUP };
const MANNER = { isCopy: false, newIds: false };

/** A tombstone with an id that was chosen, or that Tencent has made up. */
function planned(name: string, own: string, profile = {}): PlannedTopic {
  const tombstone = snapshot({
    topicId: `${GROUP}@TOPIC#_${own}`,
    status: 'deleted',
    deletedAt: at(0),
    profile: { topicName: name, createTime: 1_500_000_000, ...profile },
  });
  return planTopic(tombstone, TO, MANNER, undefined);
}

/** A named topic, one without a name of its own, and two that nothing but their ids tells apart. */
const TOPICS = [
  planned('News', 'news'),
  planned('Chat', '@TOPIC#a'),
  planned('Twin', '@TOPIC#b'),
  planned('Twin', '@TOPIC#c'),
];

/** What another command sees when it plans: what is stored by now. */
function asStored(model: Model, topic: PlannedTopic): PlannedTopic {
  const stored = [...model.restores.values()].find(({ topicId }) => topicId === topic.topicId);
  return { ...topic, ...(stored && { stored }) };
}

/** One after the other; a kill ends the command. */
async function runCommand(
  model: Model,
  owner: string,
  options: Parameters<Model['command']>[1] = {},
): Promise<Outcome[]> {
  const parts = model.command(owner, options);
  const outcomes: Outcome[] = [];
  try {
    for (const topic of TOPICS) outcomes.push(await restoreTopic(parts, asStored(model, topic)));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return outcomes;
}

function expectEachOnce(model: Model): void {
  expect([...model.topics.values()].map(({ topicName }) => topicName).sort()).toEqual([
    'Chat',
    'News',
    'Twin',
    'Twin',
  ]);
  const restores = [...model.restores.values()];
  expect(restores.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  expect(new Set(restores.map(({ newTopicId }) => newTopicId))).toEqual(new Set(model.topics.keys()));
  for (const { newTopicId = '', topicName } of restores)
    expect(model.topics.get(newTopicId)?.topicName).toBe(topicName);
}

const ACCIDENTS: readonly Accident[] = ['none', 'lost-after', 'lost-before', 'refused'];

const accidents = fc.array(fc.constantFrom(...ACCIDENTS), { maxLength: 12 });

/** Not for two at the same time: waiting for a turn moves the clock that they share past the other's lease. */
const accidentsOfOne = fc.array(fc.constantFrom(...ACCIDENTS, 'no-turn' as const), { maxLength: 12 });

describe('a topic that is put back', () => {
  it('is there exactly once, whatever answers are lost and wherever commands are killed', async () => {
    const command = fc.record({ accidents: accidentsOfOne, dieAfter: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 4 }), async (commands) => {
        const model = createModel();
        for (const [nth, options] of commands.entries()) await runCommand(model, `command ${nth}`, options);
        const last = await runCommand(model, 'the last one');
        expect(last.map(({ kind }) => kind)).not.toContain('failed');
        expectEachOnce(model);
        const again = await runCommand(model, 'one more');
        expect(again.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);
      }),
      { numRuns: 500 },
    );
  });

  it('is there exactly once when several are at it at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), accidents, accidents, async (scheduler, first, second) => {
        const model = createModel();
        const turn = () => scheduler.schedule(Promise.resolve());
        const both = Promise.all([
          runCommand(model, 'one', { accidents: first, turn }),
          runCommand(model, 'other', { accidents: second, turn }),
        ]);
        await scheduler.waitFor(both);
        model.pass(LEASE_MS + 1);
        await runCommand(model, 'the last one');
        expectEachOnce(model);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a call that got no turn in the budget', () => {
  const [news] = TOPICS as [PlannedTopic];
  const accidents = Array.from({ length: 20 }, (): Accident => 'no-turn');

  it('is no failure: the topic waits until it has one', async () => {
    expect(await restoreTopic(createModel().command('me', { accidents }), news)).toMatchObject({
      kind: 'restored',
    });
  });

  it('is no sign that the API does not answer, when the command is ended meanwhile', async () => {
    const outcome = await restoreTopic(
      { ...createModel().command('me', { accidents }), isEnding: () => true },
      news,
    );
    expect(outcome).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/deadline passed before its turn/),
    });
  });
});

describe('an id that is in use', () => {
  const [news] = TOPICS as [PlannedTopic];

  it('by a topic that no call of ours can have made is somebody else’s', async () => {
    const model = createModel();
    model.topics.set(news.topicId, { topicId: news.topicId, topicName: 'News', createTime: 1_500_000_000 });
    expect(await restoreTopic(model.command('me'), news)).toMatchObject({ kind: 'failed', code: 10021 });
    expect([...model.restores.values()]).toMatchObject([{ state: 'begun', until: '' }]);
  });

  it('after a call of ours whose answer was lost is the topic itself', async () => {
    const model = createModel();
    const accidents: Accident[] = ['lost-after'];
    expect(await restoreTopic(model.command('me', { accidents }), news)).toEqual({
      kind: 'restored',
      topicId: news.topicId,
    });
  });

  it('after such a call, but by a topic with another CreateTime, is somebody else’s', async () => {
    const model = createModel();
    await runCommand(model, 'killed before its call', { dieAfter: 1 });
    model.topics.set(news.topicId, { topicId: news.topicId, topicName: 'News', createTime: 1_700_000_000 });
    model.pass(LEASE_MS + 1);
    const outcome = await restoreTopic(model.command('me'), asStored(model, news));
    expect(outcome).toMatchObject({ kind: 'failed', code: 10021 });
  });
});

describe('a call without an id whose answer was lost', () => {
  const chat = TOPICS[1] as PlannedTopic;

  it('is left to a person when two topics may be what it has made', async () => {
    const model = createModel();
    for (const topicId of ['x', 'y'])
      model.topics.set(topicId, { topicId, topicName: 'Chat', createTime: 1_500_000_000 });
    const outcome = await restoreTopic(model.command('me', { accidents: ['lost-before'] }), chat);
    expect(outcome).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/x, y are there with its name/),
    });
    expect(model.topics.size).toBe(2);
  });

  it('is left to a person when the topic that may be it has other texts', async () => {
    const model = createModel();
    model.topics.set('x', {
      topicId: 'x',
      topicName: 'Chat',
      createTime: 1_500_000_000,
      introduction: 'edited',
    });
    const outcome = await restoreTopic(model.command('me', { accidents: ['lost-before'] }), chat);
    expect(outcome).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/x is there with its name/),
    });
    expect(model.topics.size).toBe(1);
  });

  it('is given up after five attempts, and the next command looks first', async () => {
    const model = createModel();
    const accidents = Array.from({ length: 5 }, (): Accident => 'lost-before');
    const outcome = await restoreTopic(model.command('me', { accidents }), chat);
    expect(outcome).toMatchObject({
      kind: 'failed',
      lost: true,
      message: expect.stringMatching(/not known/),
    });
    expect([...model.restores.values()]).toMatchObject([{ state: 'begun', sentAt: expect.any(String) }]);
  });
});

describe('a call without an id whose answer was lost, while a topic just like it is in hand elsewhere', () => {
  const [, , twin, other] = TOPICS as [PlannedTopic, PlannedTopic, PlannedTopic, PlannedTopic];

  /** One twin is made by a call whose answer nobody hears; the other is in the hands of a command that was killed. */
  async function twoKilled(): Promise<Model> {
    const model = createModel();
    const deaf = model.command('deaf', { dieAfter: 2 });
    await expect(restoreTopic(deaf, twin)).rejects.toThrow(Killed);
    model.pass(LEASE_MS + 1);
    const killed = model.command('killed', { dieAfter: 1 });
    await expect(restoreTopic(killed, other)).rejects.toThrow(Killed);
    return model;
  }

  it('is looked for again until the other command has ended, or its lease', async () => {
    const model = await twoKilled();
    const parts = model.command('me');
    const begun = parts.now();
    const [topicId] = [...model.topics.keys()];
    expect(await restoreTopic(parts, asStored(model, twin))).toEqual({ kind: 'restored', topicId });
    expect(parts.now() - begun).toBeGreaterThan(LEASE_MS - 1_000);
    expect(parts.now() - begun).toBeLessThanOrEqual(LEASE_MS + 2_000);
    expect(await restoreTopic(parts, asStored(model, other))).toMatchObject({ kind: 'restored' });
    expect([...model.topics.values()].map(({ topicName }) => topicName)).toEqual(['Twin', 'Twin']);
  });

  it('keeps nobody away meanwhile', async () => {
    const model = await twoKilled();
    const parts = model.command('me');
    const states: string[] = [];
    const sleep = (ms: number) => {
      const intent = [...model.restores.values()].find(({ topicId }) => topicId === twin.topicId);
      states.push(intent?.until ?? 'none');
      return parts.sleep(ms);
    };
    await restoreTopic({ ...parts, sleep }, asStored(model, twin));
    expect(states.length).toBeGreaterThan(1);
    expect(new Set(states)).toEqual(new Set(['']));
  });

  it('is left to the next command when the other does not end, or this one is ending', async () => {
    const model = await twoKilled();
    const parts = model.command('me');
    const forever = model.restores.get(JSON.stringify([GROUP, other.topicId, other.to])) as Restore;
    const never = { ...forever, until: '9999-01-01T00:00:00.000Z' };
    const restoresInto = async () => [never];
    const begun = parts.now();
    const busy = { kind: 'failed', message: expect.stringMatching(/just like it in hand until 9999/) };
    const ending = { ...parts, restoresInto, isEnding: () => true };
    expect(await restoreTopic(ending, asStored(model, twin))).toMatchObject(busy);
    expect(parts.now()).toBe(begun);
    expect(await restoreTopic({ ...parts, restoresInto }, asStored(model, twin))).toMatchObject(busy);
    expect(parts.now() - begun).toBeLessThanOrEqual(LEASE_MS + 4_000);
    expect(model.topics.size).toBe(1);
  });
});

describe('a command that is ending', () => {
  const chat = TOPICS[1] as PlannedTopic;

  it('does not try again what has failed', async () => {
    const model = createModel();
    const parts = { ...model.command('me', { accidents: ['lost-before'] }), isEnding: () => true };
    const begun = parts.now();
    expect(await restoreTopic(parts, chat)).toMatchObject({ kind: 'failed', lost: true });
    expect(parts.now()).toBe(begun);
  });

  it('waits for nobody else', async () => {
    const model = createModel();
    await runCommand(model, 'killed', { dieAfter: 1 });
    const parts = { ...model.command('me'), isEnding: () => true };
    const begun = parts.now();
    const outcome = await restoreTopic(parts, asStored(model, TOPICS[0] as PlannedTopic));
    expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringMatching(/in hand/) });
    expect(parts.now()).toBe(begun);
  });
});

describe('a topic that somebody else has in hand', () => {
  it('is waited for no longer than a killed command keeps it', async () => {
    const model = createModel();
    await runCommand(model, 'killed', { dieAfter: 1 });
    const parts = model.command('me');
    const begun = parts.now();
    const outcome = await restoreTopic(parts, asStored(model, TOPICS[0] as PlannedTopic));
    expect(outcome.kind).toBe('restored');
    expect(parts.now() - begun).toBeLessThanOrEqual(LEASE_MS + 2_000);
  });
});
