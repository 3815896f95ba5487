import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TopicFailure, TopicFields } from '../../../shared/chat/types.ts';
import { absentTopics, type Confirmation } from '../../../shared/sync/absent.ts';
import { digestOf, sameProfiles } from '../../../shared/sync/digest.ts';
import { countTopics, type Plan, planCommunity } from '../../../shared/sync/plan.ts';
import { type Change, changeOf, type Snapshot, type TopicDetails } from '../../../shared/sync/snapshot.ts';
import { topicLists } from '../../arbitraries.ts';
import {
  at,
  GROUP,
  LATER_RUN_ID,
  observation,
  RUN_ID,
  snapshot,
  splitAll,
  splitFields,
  topicFields,
} from '../../builders.ts';
import { deepFreeze } from '../../support/deepFreeze.ts';

const TOPIC = topicFields().topicId;
const tombstone = snapshot({
  status: 'deleted',
  missingSince: at(-3600),
  deletedAt: at(-1800),
  deletedCode: 110003,
  lastChange: { runId: 'a night before', kind: 'deleted', runKind: 'deleted' },
});
const lost = snapshot({ status: 'missing', missingSince: at(-3600) });

/** What is stored once a plan is written. */
function apply(stored: readonly Snapshot[], { snapshots }: Plan): Snapshot[] {
  const after = new Map([...stored, ...snapshots].map((topic) => [topic.topicId, topic]));
  return [...after.values()];
}

function failure(code: number, topicId = TOPIC): TopicFailure {
  return { topicId, code, info: 'refused' };
}

describe('a topic in the answer', () => {
  it('is created when nothing is stored of it', () => {
    const { snapshots, changes } = planCommunity([], observation({ topics: [topicFields()] }));
    const { profile } = splitFields();
    const times = { firstSeenAt: at(10), lastChangedAt: at(10), observedAt: at(10) };
    const lastChange = { runId: RUN_ID, kind: 'created', runKind: 'created', after: profile };
    expect(snapshots).toEqual([
      { groupId: GROUP, topicId: TOPIC, profile, status: 'active', ...times, lastChange },
    ]);
    expect(changes).toEqual([
      { observedAt: at(10), runId: RUN_ID, kind: 'created', groupId: GROUP, topicId: TOPIC, after: profile },
    ]);
  });

  it('is not written, nor told of, for messages alone', () => {
    const talked = topicFields({ nextMsgSeq: 9, lastMsgTime: 1_763_000_000 });
    const plan = planCommunity([snapshot()], observation({ topics: [talked] }));
    expect([plan.snapshots, plan.changes]).toEqual([[], []]);
    expect(plan.topics).toMatchObject([{ activity: { nextMsgSeq: 9, lastMsgTime: 1_763_000_000 } }]);
    expect(plan.counts).toMatchObject({ active: 1, updated: 0 });
  });

  it('is a baseline, without an entry in its history, when no answer of its community came before', () => {
    const plan = planCommunity([], observation({ topics: [topicFields()], isBaseline: true }));
    expect(plan.snapshots).toMatchObject([{ lastChange: { kind: 'created', runKind: 'baseline' } }]);
    expect(plan.changes).toEqual([]);
    expect(plan.counts).toMatchObject({ active: 1, baseline: 1, created: 0 });
  });

  it('stays a baseline of the run that sees it change once more, and has an entry of that', () => {
    const first = planCommunity([], observation({ topics: [topicFields()], isBaseline: true }));
    const again = observation({ topics: [topicFields({ topicName: 'News' })], observedAt: at(20) });
    const plan = planCommunity(first.snapshots, again);
    expect(plan.changes).toMatchObject([{ kind: 'updated', after: { topicName: 'News' } }]);
    expect(plan.counts).toMatchObject({ baseline: 1, created: 0, updated: 0 });
  });

  it('is not written when it is as it was', () => {
    const plan = planCommunity([snapshot()], observation({ topics: [topicFields()] }));
    expect([plan.snapshots, plan.changes]).toEqual([[], []]);
    expect(plan.counts).toEqual({
      active: 1,
      baseline: 0,
      created: 0,
      updated: 0,
      restored: 0,
      deleted: 0,
      missing: 0,
      confirmed: 0,
    });
  });

  it('is updated when a field changed, and keeps since when it is known', () => {
    const plan = planCommunity([snapshot()], observation({ topics: [topicFields({ topicName: 'News' })] }));
    expect(plan.snapshots).toMatchObject([
      { profile: { topicName: 'News' }, firstSeenAt: at(-86_400), lastChangedAt: at(10), observedAt: at(10) },
    ]);
    expect(plan.changes).toMatchObject([
      { kind: 'updated', before: { topicName: 'Announcements' }, after: { topicName: 'News' } },
    ]);
    expect(plan.counts).toMatchObject({ active: 1, updated: 1 });
  });

  it('loses a field that the API no longer sends', () => {
    const { notification: _, ...topic } = topicFields();
    const [updated] = planCommunity([snapshot()], observation({ topics: [topic] })).snapshots;
    expect(updated?.profile).not.toHaveProperty('notification');
  });

  it('is active again, without an entry in its history, when it was missing and is as it was', () => {
    const plan = planCommunity([lost], observation({ topics: [topicFields()] }));
    expect(plan.snapshots).toMatchObject([
      { status: 'active', observedAt: at(10), lastChangedAt: at(-86_400) },
    ]);
    expect(plan.snapshots[0]).not.toHaveProperty('missingSince');
    expect(plan.changes).toEqual([]);
  });

  it('is updated when it was missing and came back changed', () => {
    const plan = planCommunity([lost], observation({ topics: [topicFields({ topicName: 'News' })] }));
    expect(plan.snapshots).toMatchObject([{ status: 'active', profile: { topicName: 'News' } }]);
    expect(plan.changes).toMatchObject([{ kind: 'updated' }]);
  });

  it('is restored when it was deleted, even if nothing else about it changed', () => {
    const plan = planCommunity([tombstone], observation({ topics: [topicFields()] }));
    const [restored] = plan.snapshots;
    expect(restored).toMatchObject({ status: 'active', firstSeenAt: at(-86_400), lastChangedAt: at(10) });
    for (const trace of ['missingSince', 'deletedAt', 'deletedCode'])
      expect(restored).not.toHaveProperty(trace);
    expect(plan.changes).toEqual([
      { observedAt: at(10), runId: RUN_ID, kind: 'restored', groupId: GROUP, topicId: TOPIC },
    ]);
    expect(plan.counts).toMatchObject({ active: 1, restored: 1, updated: 0, deleted: 0 });
  });

  it('is restored with what changed when it was deleted and came back changed', () => {
    const plan = planCommunity(
      [tombstone],
      observation({ topics: [topicFields({ topicName: 'News', nextMsgSeq: 9 })] }),
    );
    expect(plan.changes).toMatchObject([
      { kind: 'restored', before: { topicName: 'Announcements' }, after: { topicName: 'News' } },
    ]);
  });
});

describe('a topic that is not in the answer', () => {
  it('becomes missing, since the request that did not show it, without an entry in its history', () => {
    const plan = planCommunity([snapshot()], observation());
    expect(plan.snapshots).toEqual([
      { ...snapshot(), status: 'missing', missingSince: at(10), observedAt: at(10) },
    ]);
    expect(plan.changes).toEqual([]);
    expect(plan.counts).toMatchObject({ active: 0, missing: 1, deleted: 0 });
  });

  it.each([
    ['stays missing since the first time', lost],
    ['stays a tombstone', tombstone],
  ])('%s', (_what, stored) => {
    expect(planCommunity([stored], observation()).snapshots).toEqual([]);
  });

  it.each([110003, 10010])('counts as absent when the answer says %i of it', (code) => {
    const plan = planCommunity([snapshot()], observation({ failures: [failure(code)] }));
    expect(plan.snapshots).toMatchObject([{ status: 'missing' }]);
    expect(plan.unknown).toEqual([]);
  });

  it.each([10007, 10015, 10002, 11000, 99999])(
    'stays as it is when the answer says %i of it, which is reported',
    (code) => {
      for (const stored of [snapshot(), lost, tombstone]) {
        const plan = planCommunity([stored], observation({ failures: [failure(code)] }));
        expect(plan.snapshots).toEqual([]);
        expect(plan.unknown).toEqual([failure(code)]);
      }
    },
  );

  it('is not made up when it fails and nothing is stored of it', () => {
    expect(
      planCommunity([], observation({ failures: [failure(110003), failure(10007, 'other')] })).snapshots,
    ).toEqual([]);
  });
});

describe('an absent topic that is asked for by its id', () => {
  const seen = observation();
  const asked = (fields: Partial<Confirmation> = {}): Confirmation => ({
    observedAt: at(11),
    topics: [],
    failures: [],
    otherwise: 'the answer to its id does not name it',
    ...fields,
  });
  const proof = { confirmedAt: at(11), confirmedCode: 110003, confirmedRunId: RUN_ID };
  const candidate = snapshot({ status: 'missing', missingSince: at(-3600), ...proof, observedAt: at(11) });

  it.each([110003, 10010])('is a candidate, as old as the proof, when it is answered %i', (code) => {
    const plan = planCommunity([snapshot()], seen, asked({ failures: [failure(code)] }));
    const absence = { status: 'missing', missingSince: at(10), observedAt: at(11) };
    expect(plan.snapshots).toEqual([{ ...snapshot(), ...absence, ...proof, confirmedCode: code }]);
    expect(plan.changes).toEqual([]);
    expect(plan.counts).toMatchObject({ active: 0, missing: 1, confirmed: 1, deleted: 0 });
  });

  it('is what its id was answered when it is there', () => {
    for (const stored of [snapshot(), lost, candidate]) {
      const news = topicFields({ topicName: 'News' });
      const plan = planCommunity(
        [stored],
        { ...seen, observedAt: at(20) },
        asked({ observedAt: at(21), topics: splitAll([news]) }),
      );
      expect(plan.snapshots).toMatchObject([
        { status: 'active', profile: { topicName: 'News' }, observedAt: at(21) },
      ]);
      expect(plan.changes).toMatchObject([{ kind: 'updated', observedAt: at(21) }]);
      for (const trace of ['missingSince', 'confirmedAt', 'confirmedCode', 'confirmedRunId'])
        expect(plan.snapshots[0]).not.toHaveProperty(trace);
    }
  });

  it('need not be written when it is there and as it was', () => {
    const plan = planCommunity([snapshot()], seen, asked({ topics: [splitFields()] }));
    expect([plan.snapshots, plan.changes]).toEqual([[], []]);
    expect(plan.counts).toMatchObject({ active: 1, missing: 0 });
  });

  it.each<[string, Partial<Confirmation>, string]>([
    ['an error that says nothing of it', { failures: [failure(10007)] }, 'get_topic says 10007 of it'],
    ['no word of it', {}, 'the answer to its id does not name it'],
    ['a word of others', { failures: [failure(110003, 'other')] }, 'the answer to its id does not name it'],
  ])('stays missing for a reason when the answer has %s', (_what, fields, missingReason) => {
    const plan = planCommunity([snapshot()], seen, asked(fields));
    expect(plan.snapshots).toMatchObject([{ status: 'missing', missingSince: at(10), missingReason }]);
    expect(plan.counts).toMatchObject({ missing: 1, confirmed: 0 });
    const night = { ...seen, observedAt: at(86_400) };
    expect(
      planCommunity(plan.snapshots, night, asked({ ...fields, observedAt: at(86_401) })).snapshots,
    ).toEqual([]);
  });

  it('is no candidate any more when a later night cannot confirm it', () => {
    const later = observation({ runId: LATER_RUN_ID, observedAt: at(86_400) });
    const plan = planCommunity([candidate], later, asked({ observedAt: at(86_401) }));
    expect(plan.snapshots).toMatchObject([
      { status: 'missing', missingSince: at(-3600), observedAt: at(86_401) },
    ]);
    expect(plan.snapshots[0]).not.toHaveProperty('confirmedAt');
  });

  it('is confirmed anew by a later night, and only once by the same', () => {
    const again = asked({ observedAt: at(86_401), failures: [failure(110003)] });
    const later = { ...seen, observedAt: at(86_400) };
    expect(planCommunity([candidate], later, again).snapshots).toEqual([]);
    expect(planCommunity([candidate], { ...later, runId: LATER_RUN_ID }, again).snapshots).toMatchObject([
      { missingSince: at(-3600), confirmedAt: at(86_401), confirmedRunId: LATER_RUN_ID },
    ]);
  });

  it('is asked for whatever the answer says by 110003, and not when it is a tombstone or shown', () => {
    const shown = snapshot({ topicId: 'shown' });
    const odd = snapshot({ topicId: 'odd' });
    const named = {
      topics: [splitFields({ topicId: 'shown' })],
      failures: [failure(110003), failure(10007, 'odd')],
    };
    const absent = absentTopics([snapshot(), shown, odd, { ...tombstone, topicId: 'buried' }], named);
    expect(absent.map(({ topicId }) => topicId)).toEqual([TOPIC]);
  });
});

describe('what one run did to a topic', () => {
  const first = observation({ topics: [topicFields()] });
  const second = observation({ topics: [topicFields({ topicName: 'News' })], observedAt: at(60) });

  it('stays created when the same run sees an update too', () => {
    const created = apply([], planCommunity([], first));
    const plan = planCommunity(created, second);
    expect(plan.changes).toMatchObject([{ kind: 'updated' }]);
    expect(plan.counts).toMatchObject({ created: 1, updated: 0 });
  });

  it('stays restored when the same run sees an update too', () => {
    const restored = apply([tombstone], planCommunity([tombstone], first));
    expect(planCommunity(restored, second).counts).toMatchObject({ restored: 1, updated: 0 });
  });

  it('is updated when the run after the one that created it sees an update', () => {
    const created = apply([], planCommunity([], first));
    expect(planCommunity(created, { ...second, runId: LATER_RUN_ID }).counts).toMatchObject({
      created: 0,
      updated: 1,
    });
  });

  it('is counted again when the same answer is compared again', () => {
    const created = apply([], planCommunity([], first));
    expect(planCommunity(created, { ...first, observedAt: at(60) }).counts).toMatchObject({
      active: 1,
      created: 1,
    });
  });

  it('is deleted when it confirmed a deletion', () => {
    const gone = { ...tombstone, lastChange: { ...tombstone.lastChange, runId: RUN_ID } };
    expect(countTopics([gone], RUN_ID)).toEqual({
      active: 0,
      missing: 0,
      confirmed: 0,
      baseline: 0,
      created: 0,
      updated: 0,
      restored: 0,
      deleted: 1,
    });
  });
});

const failures = fc.uniqueArray(
  fc.record({
    topicId: fc.constantFrom('a', 'b', 'c', 'g'),
    code: fc.constantFrom(110003, 10010, 10007, 99999),
    info: fc.string(),
  }),
  { maxLength: 3, selector: ({ topicId }) => topicId },
);
/** Answers of some nights in a row; a topic is either shown or fails. */
const nights = fc.array(
  fc.record({ topics: topicLists, failures }).map(({ topics, failures }) => {
    const failed = new Set<string>(failures.map(({ topicId }) => topicId));
    return { topics: topics.filter(({ topicId }) => !failed.has(topicId)), failures };
  }),
  { minLength: 1, maxLength: 5 },
);

/** Mirrors one answer after the other, confirming every second night that the missing are deleted. */
function mirror(answers: readonly { readonly topics: TopicFields[]; readonly failures: TopicFailure[] }[]) {
  let stored: Snapshot[] = [];
  const log: Change[] = [];
  const steps = answers.map((answer, night) => {
    const seen = observation({ ...answer, runId: `night ${night}`, observedAt: at(night * 86_400) });
    const before = deepFreeze(stored);
    const plan = planCommunity(before, deepFreeze(seen));
    log.push(...plan.changes);
    const written = apply(before, plan);
    stored = night % 2 === 0 ? written : written.map((topic) => confirmed(topic, night));
    log.push(...stored.filter((topic) => !written.includes(topic)).map(changeOf));
    return { before, seen, plan, written };
  });
  return { steps, stored, log };
}

function confirmed(topic: Snapshot, night: number): Snapshot {
  if (topic.status !== 'missing') return topic;
  const deletedAt = at(night * 86_400 + 60);
  const lastChange = { runId: `night ${night}`, kind: 'deleted', runKind: 'deleted' } as const;
  return {
    ...topic,
    status: 'deleted',
    deletedAt,
    lastChangedAt: deletedAt,
    observedAt: deletedAt,
    lastChange,
  };
}

function byId(topics: readonly { topicId: string }[]) {
  return Object.fromEntries(topics.map((topic) => [topic.topicId, topic]));
}

describe('night after night', () => {
  it('makes the active topics exactly those of the answer, field by field', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { seen, written, plan } of mirror(answers).steps) {
          const spared = new Set(plan.unknown.map(({ topicId }) => topicId));
          const active = written.filter(({ status, topicId }) => status === 'active' && !spared.has(topicId));
          expect(byId(active.map(({ topicId, profile }) => ({ topicId, profile })))).toEqual(
            byId(seen.topics.map(({ topicId, profile }) => ({ topicId, profile }))),
          );
          const moved = new Map(seen.topics.map(({ topicId, activity }) => [topicId, activity]));
          for (const { topicId, activity } of plan.topics)
            if (moved.has(topicId)) expect(activity).toEqual(moved.get(topicId));
        }
      }),
    );
  });

  it('has nothing to write when the same answer comes again', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { seen, written } of mirror(answers).steps) {
          const again = planCommunity(written, { ...seen, observedAt: at(1e7) });
          expect([again.snapshots, again.changes]).toEqual([[], []]);
        }
      }),
    );
  });

  it('makes the same plan whatever the order of the answer and of what is stored', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { before, seen, plan } of mirror(answers).steps) {
          const turned = planCommunity([...before].reverse(), {
            ...seen,
            topics: [...seen.topics].reverse(),
          });
          expect(byId(turned.snapshots)).toEqual(byId(plan.snapshots));
          expect(byId(turned.changes)).toEqual(byId(plan.changes));
          expect(turned.counts).toEqual(plan.counts);
        }
      }),
    );
  });

  it('has no topic to write exactly when the digest of a settled answer has the same first half', () => {
    const settled = fc.tuple(topicLists, topicLists, fc.boolean());
    fc.assert(
      fc.property(settled, ([one, other, same]) => {
        const stored = apply([], planCommunity([], observation({ topics: one })));
        const topics = same ? [...one].reverse() : other;
        const { snapshots } = planCommunity(stored, observation({ topics, observedAt: at(60) }));
        expect(snapshots.length === 0).toBe(
          sameProfiles(digestOf(splitAll(topics)), digestOf(splitAll(one))),
        );
      }),
    );
  });

  it('makes absence missing and nothing else, and deletes nothing by itself', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { before, seen, written } of mirror(answers).steps) {
          const earlier = new Map(before.map((topic) => [topic.topicId, topic]));
          const shown = new Set(seen.topics.map(({ topicId }) => topicId));
          for (const topic of written) {
            const stored = earlier.get(topic.topicId);
            if (topic.status === 'deleted') expect(topic).toBe(stored);
            if (!shown.has(topic.topicId)) expect(topic.profile).toBe(stored?.profile);
          }
          expect(written.length).toBeGreaterThanOrEqual(before.length);
        }
      }),
    );
  });

  it('writes a history that gives the snapshots’ profile when it is replayed from nothing', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        const { stored, log } = mirror(answers);
        const replayed = new Map<string, TopicDetails>();
        for (const { topicId, before = {}, after = {} } of log) {
          const kept = Object.entries(replayed.get(topicId) ?? {}).filter(([name]) => !(name in before));
          replayed.set(topicId, { ...Object.fromEntries(kept), ...after });
        }
        expect(Object.fromEntries(replayed)).toEqual(
          Object.fromEntries(stored.map(({ topicId, profile }) => [topicId, profile])),
        );
      }),
    );
  });

  it('begins each history with created, and lets restored follow deleted and nothing else', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        const kinds = Map.groupBy(mirror(answers).log, ({ topicId }) => topicId);
        for (const history of kinds.values()) {
          history.forEach(({ kind }, nth) => {
            const earlier = history[nth - 1]?.kind;
            expect(kind === 'created').toBe(nth === 0);
            expect(kind === 'restored').toBe(earlier === 'deleted');
          });
        }
      }),
    );
  });

  it('counts what is stored', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { seen, written, plan } of mirror(answers).steps) {
          expect(plan.counts).toEqual(countTopics(written, seen.runId));
          const { active, missing } = plan.counts;
          const tombstones = written.filter(({ status }) => status === 'deleted').length;
          expect(active + missing + tombstones).toBe(written.length);
        }
      }),
    );
  });
});

describe('a history entry', () => {
  it('is what its snapshot carries, so that it can be written again', () => {
    fc.assert(
      fc.property(nights, (answers) => {
        for (const { plan } of mirror(answers).steps) {
          const changed = plan.snapshots.filter(
            ({ lastChangedAt, observedAt }) => lastChangedAt === observedAt,
          );
          expect(plan.changes).toEqual(changed.map(changeOf));
        }
      }),
    );
  });
});
