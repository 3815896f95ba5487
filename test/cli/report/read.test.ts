import { beforeAll, describe, expect, it } from '@jest/globals';
import { newestClosed, type ReportData } from '../../../cli/report/catalog/data.ts';
import { readReportData } from '../../../cli/report/catalog/read.ts';
import { readCensus } from '../../../cli/report/catalog/readCensus.ts';
import { timelineOf } from '../../../cli/report/model/periods.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import { queriesOf } from '../../../shared/catalog/queries/index.ts';
import { allRosters } from '../../../shared/catalog/rosters.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import type { Store } from '../../../shared/catalog/store.ts';
import { topicsOf } from '../../../shared/catalog/topics.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { writeSample } from '../../browser/sampleCatalog.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

const NOW = '2026-11-22T21:00:00.000Z';

const read = (sdkAppId: number, days = 30, rows = 1000): Promise<ReportData> =>
  readReportData({ store: table.store, sdkAppId }, { days, rows, now: NOW });

/** What a page shows of a topic. */
function shown({ groupId, topicId, status, profile, activity = {}, ...of }: Snapshot) {
  const { topicName, createTime, muteAllMember } = profile;
  const { nextMsgSeq, lastMsgTime } = activity;
  const { deletedAt, deletedCode } = of;
  return {
    ...{ groupId, topicId, status, topicName, createTime, nextMsgSeq, lastMsgTime },
    ...(muteAllMember && { muteAllMember }),
    ...(status === 'deleted' && { deletedAt, deletedCode }),
  };
}

/** A store, and how many requests were sent to it. */
function counting({ client, table }: Store): { readonly store: Store; sent(): number } {
  let sent = 0;
  const send: typeof client.send = (...args: unknown[]) => {
    sent += 1;
    return (client.send as (...args: unknown[]) => never)(...args);
  };
  return { store: { client: Object.assign(Object.create(client), { send }), table }, sent: () => sent };
}

describe('the data of a report', () => {
  let app: number;
  beforeAll(async () => {
    app = table.freshApp();
    const sample = { communities: 24, topicsPerCommunity: 5, days: 9, lastDay: '2026-11-22' };
    await writeSample(table.store, app, { ...sample, status: 'INCOMPLETE' });
  });

  it('agree with what the catalog’s own questions answer, day by day', async () => {
    const days = await collect(
      queriesOf(table.store, app).growthByDay({ from: '2026-11-01', to: '2026-11-22' }),
    );
    const { periods } = timelineOf(await read(app));
    const own = periods.map(({ key, figures }) => ({ day: key, ...figures }));
    expect(days).toHaveLength(9);
    expect(own).toMatchObject(
      days.map(({ day, communities, topics, created, deleted, restored, messages, status }) => ({
        ...{ day, communities, topics, created, deleted, restored, messages },
        isComplete: status === 'COMPLETE',
      })),
    );
  });

  it('count and show what every community’s own topics say', async () => {
    const { census } = await read(app);
    const communities = await collect(allCommunities(table.store, app));
    const topics = (
      await Promise.all(communities.map(({ groupId }) => collect(topicsOf(table.store, app, groupId))))
    ).flat();
    const having = (status: Snapshot['status']) => topics.filter((topic) => topic.status === status);
    const [active, missing, deleted] = [having('active'), having('missing'), having('deleted')];
    expect(missing.length).toBeGreaterThan(0);
    expect(deleted.length).toBeGreaterThan(0);
    const rosters = await collect(allRosters(table.store, app));
    const rostered = new Set(rosters.flatMap(({ rows }) => [...rows.keys()]));
    expect(deleted.some(({ topicId }) => rostered.has(topicId))).toBe(true);
    expect(census.counts).toMatchObject({
      topics: { active: active.length, missing: missing.length, deleted: deleted.length },
      messages: active.reduce((sum, { activity }) => sum + (activity?.nextMsgSeq ?? 1) - 1, 0),
    });
    const byId = <T extends { readonly topicId: string }>(some: readonly T[]) =>
      some.toSorted((a, b) => (a.topicId < b.topicId ? -1 : 1));
    expect(byId(census.topics.kept)).toMatchObject(byId([...active, ...missing]).map(shown));
    expect(byId(census.deleted.kept)).toMatchObject(byId(deleted).map(shown));
  });

  it('take a request more for a community only where its roster has other topics than the active ones', async () => {
    const requests = async (communities: number) => {
      const many = table.freshApp();
      await writeSample(table.store, many, {
        ...{ communities, topicsPerCommunity: 3, days: 2, lastDay: '2026-11-22' },
      });
      const rosters = await collect(allRosters(table.store, many));
      const rows = new Map(rosters.map(({ groupId, rows }) => [groupId, rows.size]));
      const all = await collect(allCommunities(table.store, many));
      const others = all.filter(({ groupId, topicCount, missingCount }) => {
        return topicCount + missingCount > 0 && topicCount !== rows.get(groupId);
      });
      const { store, sent } = counting(table.store);
      await readCensus({ store, sdkAppId: many }, { rows: 5, onCommunity: () => {} });
      return sent() - others.length;
    };
    expect(await requests(60)).toBe(await requests(6));
  });

  it('name the most active topics of the newest run, as the catalog ranks them', async () => {
    const data = await read(app);
    const asOf = newestClosed(data);
    if (!asOf) throw new Error('no run has ended');
    const ranked = await collect(queriesOf(table.store, app).activeTopics({ runId: asOf.runId, limit: 15 }));
    expect(data.active).toMatchObject(ranked);
    expect(data.active.every(({ topicName }) => topicName !== undefined)).toBe(true);
  });

  it('hold the days that are wanted', async () => {
    const { runs } = await read(app, 3);
    expect(runs.map(({ runId }) => runId.slice(0, 10))).toEqual(['2026-11-22', '2026-11-21', '2026-11-20']);
    expect((await read(app, 9)).runs).toHaveLength(9);
  });

  it('keep no more rows than are wanted, and the same counts', async () => {
    const [few, all] = [await read(app, 30, 5), await read(app)];
    expect(few.census.topics.kept).toEqual(all.census.topics.kept.slice(0, 5));
    expect(few.census.topics.all).toBe(all.census.topics.all);
    expect(few.census.counts).toEqual(all.census.counts);
  });

  it('tell how far the reading is', async () => {
    const progress: [number, number][] = [];
    await readReportData(
      { store: table.store, sdkAppId: app },
      { days: 3, rows: 5, now: NOW, onProgress: (...at) => progress.push(at) },
    );
    expect(progress.at(-1)).toEqual([27, 27]);
  });

  it('of an app without a run, or with one that has not ended, are empty and no error', async () => {
    const empty = table.freshApp();
    expect(await read(empty)).toMatchObject({ runs: [], active: [] });
    await openRun(table.store, empty, { runId: NOW, startedAt: NOW, limit: 100 });
    const data = await read(empty);
    expect(data.runs).toHaveLength(1);
    expect(newestClosed(data)).toBeUndefined();
  });
});
