import fc from 'fast-check';
import { activityIn, activityOf, putActivity } from '../../shared/catalog/activity.ts';
import { topicsWanting } from '../../shared/catalog/attention.ts';
import { changesOn } from '../../shared/catalog/changes.ts';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import { shardOf } from '../../shared/catalog/keys.ts';
import { readCommunities } from '../../shared/catalog/readTogether.ts';
import { allRosters } from '../../shared/catalog/rosters.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { topicBudget } from '../../shared/rate/budget.ts';
import { leasesInTable } from '../../shared/rate/slotLease.ts';
import type { Roster, RosterRow } from '../../shared/sync/roster.ts';
import { at, community, communityRun, GROUP, LATER_RUN_ID, RUN_ID, run, snapshot } from '../builders.ts';
import { collect } from '../support/collect.ts';

/** Something that a function does to one app's part of a table. */
export type Operation = (store: Store, app: number) => Promise<unknown>;

const seconds = fc.integer({ min: 1, max: 6 });
const writers = fc.constantFrom('one', 'two');
/** When a stamp that was read says that its community was asked for. */
const seen = fc.option(seconds.map(at), { nil: undefined });
const lease = writers.map((writer) => ({ writer, until: at(20) }));
const topicIds = fc.constantFrom('a', 'b', 'c');

function on<T>(
  values: fc.Arbitrary<T>,
  act: (catalog: Catalog, values: T) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return values.map((drawn) => (store, app) => act(catalogOf(store, app), drawn));
}

const RUNS = [
  on(seconds, (catalog, time) => catalog.openRun({ runId: RUN_ID, startedAt: at(time), limit: 10 })),
  on(fc.tuple(seconds, fc.integer({ min: 0, max: 3 })), (catalog, [time, pages]) =>
    catalog.advanceRun(run({ pages }), {
      next: String(time),
      limit: 10,
      groupIds: 1,
      totalCount: time,
      enumeratedAt: at(time),
    }),
  ),
  on(seconds, (catalog, page) =>
    catalog.putListed({ runId: RUN_ID, page, groupIds: [GROUP], now: Date.parse(at(page)) }),
  ),
  on(seconds, (catalog, code) => catalog.haltRun(RUN_ID, { code, message: 'halted' })),
  on(fc.boolean(), (catalog, held) =>
    catalog.noteVerdict(RUN_ID, { judgedAt: at(9), reasons: held ? ['too many'] : [] }),
  ),
  on(fc.constantFrom('markUnlistedAsked', 'markTombstonesAsked'), (catalog, mark) =>
    catalog[mark](RUN_ID, at(8)),
  ),
  on(fc.constantFrom('releaseRun', 'reopenRun', 'trustList'), (catalog, open) =>
    catalog[open](RUN_ID, at(20)),
  ),
  on(
    fc.tuple(fc.constantFrom('HELD', 'INCOMPLETE', 'COMPLETE'), fc.integer({ min: 0, max: 1 })),
    (catalog, [status, shrunkBy]) =>
      catalog.writeOutcome(RUN_ID, {
        status,
        closedAt: at(9),
        reasons: [],
        failures: [],
        summary: {} as never,
        shrunkBy,
      }),
  ),
  on(seconds, (catalog, units) =>
    catalog.chargeRun(RUN_ID, { listCalls: 1, writeUnits: units, readUnits: 0.5 }),
  ),
];

const COMMUNITIES = [
  on(fc.tuple(writers, seconds, fc.boolean(), fc.boolean()), (catalog, [writer, time, asks, isThere]) =>
    catalog.beginWriting(GROUP, {
      writer,
      until: at(time + 2),
      now: at(time),
      askedAt: asks ? at(time) : undefined,
      isThere,
    }),
  ),
  on(lease, (catalog, held) => catalog.extendWriting(GROUP, held)),
  on(lease, (catalog, held) => catalog.endWriting(GROUP, held)),
  on(fc.tuple(lease, seconds), (catalog, [held, time]) =>
    catalog.stampWritten(
      GROUP,
      held,
      { topicCount: time, missingCount: 0, digest: 'digest' },
      communityRun({ askedAt: at(time) }),
    ),
  ),
  on(fc.tuple(lease, seconds, fc.boolean()), (catalog, [held, time, isGone]) =>
    catalog.stampTombstones(GROUP, held, {
      topicCount: time,
      missingCount: 0,
      run: communityRun(),
      deletions: { runId: RUN_ID, confirmed: 0, deleted: time },
      deletedAt: isGone ? at(time) : undefined,
      clearsError: isGone,
    }),
  ),
  on(fc.tuple(seconds, seen), (catalog, [time, seenAt]) => {
    const { run: _, ...unseen } = community();
    const stamp = seenAt === undefined ? unseen : community({ run: communityRun({ askedAt: seenAt }) });
    return catalog.stampUnchanged(stamp, communityRun({ askedAt: at(time) }));
  }),
  on(
    fc.tuple(seconds, seen, fc.constantFrom({}, { code: 10002 }), fc.constantFrom('active', 'unsupported')),
    (catalog, [time, seenAt, code, status]) => {
      const failure = { message: 'it fails', ...code };
      const failed = communityRun({ askedAt: at(time), outcome: 'failed' });
      return catalog.stampFailed(GROUP, failure, failed, { status }, seenAt);
    },
  ),
  on(fc.tuple(seconds, fc.boolean()), (catalog, [time, asksNothing]) =>
    catalog.noteTrouble(GROUP, { runId: RUN_ID, at: at(time), message: 'it dies' }, { asksNothing }),
  ),
];

const TOPICS = [
  on(
    fc.tuple(seconds, fc.constantFrom('active', 'missing', 'deleted'), topicIds),
    (catalog, [time, status, topicId]) =>
      catalog.putSnapshot(
        snapshot({ topicId, status, observedAt: at(time), missingSince: at(time), deletedAt: at(time) }),
      ),
  ),
  on(fc.tuple(seconds, fc.uniqueArray(topicIds, { minLength: 1 })), async (catalog, [time, ids]) =>
    (await catalog.createSnapshots(ids.map((topicId) => snapshot({ topicId, observedAt: at(time) })))).sort(),
  ),
  on(fc.tuple(seconds, topicIds), (catalog, [time, topicId]) =>
    catalog.putChanges([
      {
        observedAt: at(time),
        runId: RUN_ID,
        kind: 'updated',
        groupId: GROUP,
        topicId,
        after: { topicName: String(time) },
      },
    ]),
  ),
];

const rosters = fc.record({ time: seconds, messages: seconds }).map(({ time, messages }): Roster => {
  const row = { createTime: 9, nextMsgSeq: 10 + messages, lastMsgTime: time, newMessages: messages };
  const rows = new Map<string, RosterRow>([
    ['a', row],
    ['b', { newMessages: 0, ...(time > 3 && { muteAllMember: true as const }) }],
  ]);
  return { groupId: GROUP, observedAt: at(time), runId: RUN_ID, rows };
});

const ROSTERS = [
  on(fc.tuple(rosters, fc.option(rosters, { nil: undefined })), (catalog, [roster, before]) =>
    catalog.putRoster(roster, before),
  ),
  fc.tuple(seconds, seconds).map<Operation>(([time, newMessages]) => (store, app) => {
    const topics = [{ topicId: 'a', newMessages, nextMsgSeq: 20 }];
    return putActivity(
      store,
      app,
      [{ entry: { groupId: GROUP, runId: RUN_ID, observedAt: at(time), topics } }],
      9,
    );
  }),
];

const SLOTS = fc.tuple(seconds, seconds).map<Operation>(
  ([count, atLeast]) =>
    (store, app) =>
      leasesInTable(store, app, topicBudget(5, 200)).lease(1, count, atLeast),
);

/** Whatever the functions do to the table, with times and names that meet. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...RUNS,
  ...COMMUNITIES,
  ...TOPICS,
  ...ROSTERS,
  SLOTS,
);

/** Everything that the catalog's queries answer. */
export async function readingOf(store: Store, app: number): Promise<unknown> {
  const catalog = catalogOf(store, app);
  const shard = shardOf(GROUP);
  return {
    runs: await collect(catalog.runsOf()),
    listed: await catalog.listedIn(RUN_ID, shard),
    stamps: await collect(catalog.communitiesIn(shard, { consistent: true })),
    stamp: await catalog.readCommunity(GROUP, { consistent: false }),
    together: [...(await readCommunities(store, app, [GROUP, '@TGS#_none']))].map(([, { record }]) => record),
    roster: await catalog.readRoster(GROUP, { consistent: true }),
    rosters: await collect(allRosters(store, app)),
    activity: await collect(activityOf(store, app, RUN_ID)),
    entries: await activityIn(store, app, GROUP, [LATER_RUN_ID, RUN_ID]),
    topics: await collect(catalog.topicsOf(GROUP, { consistent: true })),
    missing: inOrder(await collect(topicsWanting(store, app, 'topic-missing')), 'missingSince'),
    deleted: inOrder(await collect(topicsWanting(store, app, 'topic-deleted', at(3))), 'deletedAt'),
    changes: inOrder(await collect(changesOn(store, app, '2026-11-22', { runId: RUN_ID })), 'observedAt'),
  };
}

/** The order of what an index answers, and what that is: of items with the same sort key DynamoDB promises no order. */
function inOrder<T extends { readonly topicId: string }>(items: readonly T[], sortKey: keyof T) {
  const named = (item: T) => `${item[sortKey]} ${item.topicId}`;
  return {
    times: items.map((item) => item[sortKey]),
    items: items.toSorted((a, b) => (named(a) < named(b) ? -1 : 1)),
  };
}
