import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createSimulator,
  type MutationResult,
  type SimulatedApp,
  type TopicInfo,
} from '../../simulator/index.ts';

const NOW = 1_800_000_000;
const open = () => createSimulator({ communities: 30, now: () => NOW * 1000 }).app();

function snapshot(app: SimulatedApp): Map<string, TopicInfo> {
  const topics = [...app.state()].flatMap((state) => state.topics);
  return new Map(topics.map((topic) => [topic.TopicId, topic]));
}

/** What the report says the app must look like now. */
function applied(before: Map<string, TopicInfo>, report: MutationResult): Map<string, TopicInfo> {
  const after = structuredClone(before);
  for (const { topicId, fields } of report.edited) Object.assign(after.get(topicId) as TopicInfo, fields);
  for (const { topicId, count } of report.messaged) {
    const topic = after.get(topicId) as TopicInfo;
    Object.assign(topic, { NextMsgSeq: topic.NextMsgSeq + count, LastMsgTime: NOW });
  }
  for (const { topicId } of report.deleted) after.delete(topicId);
  for (const { topicIds } of report.disbanded) for (const topicId of topicIds) after.delete(topicId);
  for (const { topicId, topic } of report.created) after.set(topicId, topic);
  return after;
}

describe('mutate', () => {
  it('reports exactly what it changed', () => {
    const some = fc.integer({ min: 0, max: 12 });
    const few = fc.integer({ min: 0, max: 3 });
    const plans = fc.record({
      seed: fc.integer(),
      edits: some,
      deletions: some,
      creations: some,
      messages: some,
      disbandings: few,
      newCommunities: few,
    });
    fc.assert(
      fc.property(plans, (plan) => {
        const app = open();
        const before = snapshot(app);
        const report = app.mutate(plan);
        const expected = applied(before, report);
        const after = snapshot(app);
        for (const { groupId, topicIds } of report.createdCommunities) {
          expect(app.topics(groupId).map(({ TopicId }) => TopicId)).toEqual(topicIds);
          for (const topicId of topicIds) expected.set(topicId, after.get(topicId) as TopicInfo);
        }
        expect(after.size).toBe(expected.size);
        expect(Object.fromEntries(after)).toEqual(Object.fromEntries(expected));
        expect(app.communityIds()).toHaveLength(30 - plan.disbandings + plan.newCommunities);
        expect([report.edited.length, report.deleted.length]).toEqual([plan.edits, plan.deletions]);
        expect([report.created.length, report.messaged.length]).toEqual([plan.creations, plan.messages]);
      }),
      { numRuns: 25 },
    );
  });

  it('changes every edited field, and no topic twice', () => {
    const app = open();
    const before = snapshot(app);
    const { edited, deleted, messaged } = app.mutate({ edits: 60, deletions: 30, messages: 30 });
    for (const { topicId, fields } of edited) {
      for (const [field, value] of Object.entries(fields))
        expect(before.get(topicId)?.[field]).not.toEqual(value);
    }
    const named = [...edited, ...deleted, ...messaged].map(({ topicId }) => topicId);
    expect(new Set(named).size).toBe(120);
  });

  it('makes the same changes for the same seed, and other ones for another or for a second call', () => {
    const plan = { edits: 5, deletions: 5, creations: 5, seed: 4 };
    const report = open().mutate(plan);
    expect(open().mutate(plan)).toEqual(report);
    expect(open().mutate({ ...plan, seed: 5 })).not.toEqual(report);
    const app = open();
    expect(app.mutate({ messages: 5 })).not.toEqual(app.mutate({ messages: 5 }));
  });

  it('can delete every topic there is, and changes nothing when asked for more', () => {
    const app = open();
    const supported = [...app.state()]
      .filter((state) => state.supportsTopics)
      .flatMap((state) => state.topics);
    const before = snapshot(app);
    expect(() => app.mutate({ disbandings: 1, edits: 1, deletions: supported.length })).toThrow(RangeError);
    expect(() => app.mutate({ deletions: 1, disbandings: 31 })).toThrow('31 disbandings');
    expect(snapshot(app)).toEqual(before);
    app.mutate({ deletions: supported.length });
    expect(snapshot(app).size).toBe(0);
  });

  it('fills every community to 200 topics and no further', () => {
    const app = createSimulator({ communities: 3, quirks: false }).app();
    const room = 600 - snapshot(app).size;
    expect(() => app.mutate({ creations: room + 1 })).toThrow('too little room');
    expect(app.mutate({ creations: room }).created).toHaveLength(room);
    expect([...app.state()].map((state) => state.topics.length)).toEqual([200, 200, 200]);
  });
});
