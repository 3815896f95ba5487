import { putActivity } from '../../shared/catalog/activity.ts';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import { activityKey, type Key, rosterKey, runKey, topicKey } from '../../shared/catalog/keys.ts';
import { getItem } from '../../shared/catalog/readItems.ts';
import type { Run } from '../../shared/catalog/run.ts';
import type { Item, Store } from '../../shared/catalog/store.ts';
import { putItem } from '../../shared/catalog/writeItems.ts';
import type { TopicFields } from '../../shared/chat/types.ts';
import { absentTopics } from '../../shared/sync/absent.ts';
import { type Plan, planCommunity } from '../../shared/sync/plan.ts';
import { entryOf, messagesIn, nextRoster } from '../../shared/sync/roster.ts';
import { countersWith, splitTopic } from '../../shared/sync/split.ts';
import { createTally } from '../../shared/sync/tally.ts';
import { planTombstones } from '../../shared/sync/tombstone.ts';
import { AppState } from '../../simulator/app/state.ts';
import { APP, at, communityRun, GROUP, RUN_ID } from '../builders.ts';
import { collect } from '../support/collect.ts';
import { plainStore } from './aws/plainStore.ts';
import { VirtualTable } from './aws/virtualTable.ts';
import { checkCause } from './checks/cause.ts';
import type { Invariant, Scene } from './checks/scene.ts';
import { createWatch, type Watch } from './checks/watch.ts';
import { detailsOfInfo } from './source/details.ts';
import { Truth } from './source/truth.ts';

/** A small app and a catalog under watch, without a product: a test plays that, rightly or with a mistake. */
export interface Stage {
  readonly app: AppState;
  readonly store: Store;
  readonly catalog: Catalog;
  readonly scene: Scene;
  readonly watch: Watch;
  /** What the checks have found so far, each invariant once. */
  readonly found: ReadonlySet<Invariant>;
  /** Ids of runs of which a community's message, the schedule's event or one of its listings counts as given up. */
  readonly givenUp: Readonly<Record<'communities' | 'nights' | 'listings', Set<string>>>;
  /** Moves the time to so many seconds after the run's scheduled time. */
  goTo(seconds: number): void;
  /** Has the users change communities. */
  change(how: (app: AppState) => void, groupId?: string): void;
  topicIds(groupId?: string): string[];
  /** Opens the run and lists every community that there is. */
  list(): Promise<void>;
  /** Mirrors a community as it is; what is gone is confirmed gone. */
  mirror(groupId?: string): Promise<void>;
  /** Has the guard say what it says of the run. */
  judge(reasons?: readonly string[]): Promise<void>;
  /** Makes tombstones of what is confirmed gone in a community. */
  bury(groupId?: string): Promise<void>;
  /** Closes the run with what is right to say of it, but for some fields. */
  close(status: Exclude<Run['status'], 'RUNNING'>, fields?: Partial<Run>): Promise<void>;
  /** Changes attributes of a stored snapshot, without a condition. */
  tamper(topicId: string, attributes: Item): Promise<void>;
  /** The same, of the community's roster, and of the run's activity entry. */
  tamperRoster(attributes: Item): Promise<void>;
  tamperEntry(attributes: Item): Promise<void>;
  /** The same, of the run. */
  tamperRun(attributes: Partial<Run>): Promise<void>;
}

const WRITER = { writer: 'stage', until: at(86_400) };

/** @param topics of the one community that there is at first */
export function createStage({ topics = 2 } = {}): Stage {
  let now = Date.parse(at(0));
  const time = () => new Date(now).toISOString();
  const app = new AppState(
    { sdkAppId: APP, identifier: 'administrator', secretKey: 'key' },
    { seed: 1, communities: 0, topicsPerCommunity: 0, quirks: false },
    () => now,
  );
  app.createCommunity({ groupId: GROUP, topics });
  const truth = new Truth(app, () => now);
  const table = new VirtualTable(
    () => now,
    (before, after) => watch.written(before, after),
  );
  const found = new Set<Invariant>();
  const givenUp = {
    communities: new Set<string>(),
    nights: new Set<string>(),
    listings: new Set<string>(),
  };
  const scene: Scene = {
    table,
    truth,
    sdkAppId: APP,
    now: () => now,
    lied: () => false,
    deniedExistence: () => false,
    isQuiet: () => true,
    violate: (invariant) => void found.add(invariant),
  };
  const watch = createWatch(scene, (run, queued) => checkCause(scene, run, givenUp, queued));
  const store = plainStore(table);
  const catalog = catalogOf(store, APP);

  const write = async ({ snapshots, changes }: Pick<Plan, 'snapshots' | 'changes'>) => {
    for (const snapshot of snapshots) await catalog.putSnapshot(snapshot);
    await catalog.putChanges(changes);
  };
  const moveRoster = async (
    groupId: string,
    { topics, stored }: Plan,
    seen: { observedAt: string; isBaseline: boolean },
  ) => {
    const roster = await catalog.readRoster(groupId, { consistent: true });
    const shown = topics
      .filter(({ status }) => status !== 'deleted')
      .map(({ topicId, profile, activity = {} }) => ({ topicId, profile, activity }));
    const kept = [...stored.values()].filter(({ status }) => status === 'deleted');
    const before = new Map(kept.map(({ topicId, activity = {} }) => [topicId, activity]));
    const next = nextRoster(roster, { groupId, runId: RUN_ID, ...seen, topics: shown, before });
    if (next && next !== roster) await catalog.putRoster(next, roster);
    const entry = next && entryOf(next);
    if (entry) await putActivity(store, APP, [{ entry }], 400);
    return messagesIn(next, RUN_ID);
  };
  const overwrite = async (key: Key, attributes: Item) =>
    void (await putItem(store, { ...(await getItem(store, key, true)), ...attributes }));
  const stored = (groupId: string) => collect(catalog.topicsOf(groupId, { consistent: true }));

  return {
    ...{ app, store, catalog, scene, watch, found, givenUp },
    goTo: (seconds) => {
      now = Date.parse(at(seconds));
    },
    change: (how, groupId = GROUP) => {
      how(app);
      truth.record(groupId);
    },
    topicIds: (groupId = GROUP) => [...app.community(groupId).topics.keys()],
    list: async () => {
      const groupIds = app.communityIds();
      const run = await catalog.openRun({ runId: RUN_ID, startedAt: time(), limit: 10 });
      await catalog.putListed({ runId: RUN_ID, page: 0, groupIds, now });
      const page = { next: '0', limit: 10, groupIds: groupIds.length, totalCount: groupIds.length };
      await catalog.advanceRun(run, { ...page, enumeratedAt: time() });
    },
    mirror: async (groupId = GROUP) => {
      const observedAt = time();
      await catalog.beginWriting(groupId, { ...WRITER, now: observedAt, askedAt: observedAt });
      const isThere = app.communityIds().includes(groupId);
      const topics: TopicFields[] = isThere
        ? app.topics(groupId).map((info) => ({ ...detailsOfInfo(info), topicId: info.TopicId }))
        : [];
      const { lastSyncedAt } = (await catalog.readCommunity(groupId, { consistent: true })) ?? {};
      const isBaseline = lastSyncedAt === undefined;
      const split = topics.map((topic) => splitTopic(topic, countersWith([])));
      const seen = { runId: RUN_ID, groupId, observedAt, topics: split, failures: [], isBaseline };
      const before = await stored(groupId);
      const gone = absentTopics(before, seen).map(({ topicId }) => ({ topicId, code: 110_003, info: '' }));
      const plan = planCommunity(before, seen, { observedAt, topics: [], failures: gone, otherwise: '' });
      await write(plan);
      const messages = await moveRoster(groupId, plan, { observedAt, isBaseline });
      const { active, missing, confirmed, baseline, created, updated, restored, deleted } = plan.counts;
      const deletions = { runId: RUN_ID, confirmed, deleted };
      await catalog.stampWritten(
        groupId,
        WRITER,
        {
          topicCount: active,
          missingCount: missing,
          digest: observedAt,
          deletions: { ...deletions, ...(!isThere && { goneAt: observedAt }) },
        },
        communityRun({ askedAt: observedAt, baseline, created, updated, restored, ...messages }),
      );
    },
    judge: async (reasons = []) => void (await catalog.noteVerdict(RUN_ID, { judgedAt: time(), reasons })),
    bury: async (groupId = GROUP) => {
      const stamp = await catalog.beginWriting(groupId, { ...WRITER, now: time(), askedAt: undefined });
      const { lastSyncedAt = '', deletions } = stamp ?? {};
      const judged = { runId: RUN_ID, judgedAt: time(), lastSyncedAt };
      const plan = planTombstones(await stored(groupId), judged);
      await write(plan);
      await catalog.stampTombstones(groupId, WRITER, {
        topicCount: plan.counts.active,
        missingCount: plan.counts.missing,
        deletions: { runId: RUN_ID, confirmed: 0, deleted: plan.counts.deleted },
        deletedAt: deletions?.goneAt,
      });
    },
    close: async (status, fields = {}) => {
      const run = (await catalog.readRun(RUN_ID)) as Run;
      const tally = createTally(run);
      for (const groupId of app.communityIds())
        tally.addListed(groupId, await catalog.readCommunity(groupId, { consistent: true }));
      const counted = tally.summary(run, time(), { writeUnits: 1, readUnits: 1 }, status === 'HELD');
      const summary = { ...counted, status };
      await catalog.writeOutcome(RUN_ID, {
        ...{ status, closedAt: time(), reasons: [], failures: [], summary },
        ...fields,
      });
    },
    tamper: (topicId, attributes) => overwrite(topicKey(APP, GROUP, topicId), attributes),
    tamperRoster: (attributes) => overwrite(rosterKey(APP, GROUP), attributes),
    tamperEntry: (attributes) => overwrite(activityKey(APP, RUN_ID, GROUP), attributes),
    tamperRun: (attributes) => overwrite(runKey(APP, RUN_ID), attributes),
  };
}
