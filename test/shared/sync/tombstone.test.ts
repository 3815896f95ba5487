import { describe, expect, it } from '@jest/globals';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { changeOf, type Snapshot } from '../../../shared/sync/snapshot.ts';
import { planTombstones } from '../../../shared/sync/tombstone.ts';
import { at, LATER_RUN_ID, observation, RUN_ID, snapshot, topicFields } from '../../builders.ts';

const judged = { runId: RUN_ID, judgedAt: at(600), lastSyncedAt: at(10) };

/** A topic that the example run has confirmed gone. */
function candidate(fields: Partial<Snapshot> = {}): Snapshot {
  return snapshot({
    status: 'missing',
    missingSince: at(10),
    observedAt: at(11),
    confirmedAt: at(11),
    confirmedCode: 110003,
    confirmedRunId: RUN_ID,
    ...fields,
  });
}

describe('a candidate', () => {
  it('becomes a tombstone that keeps the last profile, as old as its proof', () => {
    const { confirmedAt: _1, confirmedCode: _2, confirmedRunId: _3, ...kept } = candidate();
    expect(planTombstones([candidate()], judged).snapshots).toEqual([
      {
        ...kept,
        status: 'deleted',
        deletedAt: at(11),
        deletedCode: 110003,
        observedAt: at(11.001),
        lastChangedAt: at(11.001),
        lastChange: {
          runId: RUN_ID,
          kind: 'deleted',
          runKind: 'deleted',
          before: { ...kept.profile, ...kept.activity },
        },
      },
    ]);
  });

  it('leaves an entry in its history that tells all that was there', () => {
    const { changes, counts, snapshots } = planTombstones([candidate()], judged);
    expect(changes).toEqual(snapshots.map(changeOf));
    expect(changes).toMatchObject([
      {
        kind: 'deleted',
        before: { ...candidate().profile, ...candidate().activity },
        observedAt: at(11.001),
      },
    ]);
    expect(changes[0]).not.toHaveProperty('after');
    expect(counts).toMatchObject({ deleted: 1, missing: 0, confirmed: 0, active: 0 });
  });

  it('is younger than the community’s stamp when the stamp is younger than the proof', () => {
    const { snapshots } = planTombstones([candidate()], { ...judged, lastSyncedAt: at(30) });
    expect(snapshots).toMatchObject([
      { deletedAt: at(11), observedAt: at(30.001), lastChangedAt: at(30.001) },
    ]);
  });

  it('is deleted by the run even if the same run created it', () => {
    const lastChange = { runId: RUN_ID, kind: 'created', runKind: 'created', after: {} } as const;
    expect(planTombstones([candidate({ lastChange })], judged).counts).toMatchObject({
      created: 0,
      deleted: 1,
    });
  });
});

describe('a topic', () => {
  it.each<[string, Snapshot]>([
    ['that a newer answer has shown', snapshot({ observedAt: at(20) })],
    ['that is missing without a proof', snapshot({ status: 'missing', missingSince: at(10) })],
    ['that another run has confirmed', candidate({ confirmedRunId: LATER_RUN_ID })],
    ['that was confirmed after the run was judged', candidate({ confirmedAt: at(601) })],
  ])('%s is left alone', (_what, stored) => {
    const plan = planTombstones([stored], judged);
    expect([plan.snapshots, plan.changes]).toEqual([[], []]);
  });

  it('is made a tombstone once: a repeat finds nothing to do, and counts the same', () => {
    const first = planTombstones([candidate()], judged);
    const second = planTombstones(first.snapshots, judged);
    expect([second.snapshots, second.changes]).toEqual([[], []]);
    expect(second.counts).toEqual(first.counts);
  });

  it('that comes back is restored, and its tombstone leaves no trace in its snapshot', () => {
    const { snapshots } = planTombstones([candidate()], judged);
    const later = observation({ runId: LATER_RUN_ID, observedAt: at(86_400), topics: [topicFields()] });
    const [back] = planCommunity(snapshots, later).snapshots;
    expect(back).toMatchObject({ status: 'active', lastChange: { kind: 'restored' } });
    for (const trace of ['missingSince', 'confirmedAt', 'deletedAt', 'deletedCode'])
      expect(back).not.toHaveProperty(trace);
  });
});
