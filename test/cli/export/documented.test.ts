import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXPORT_FORMATS } from '../../../cli/export/formats/format.ts';
import { TABLES } from '../../../cli/export/tables.ts';
import { createProgram } from '../../../cli/program.ts';
import { runNight } from '../../../local/night.ts';
import { topicsWanting } from '../../../shared/catalog/attention.ts';
import { queriesOf } from '../../../shared/catalog/queries/index.ts';
import { topicsOf } from '../../../shared/catalog/topics.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { collect } from '../../support/collect.ts';
import { createWorld, type World } from '../../support/world.ts';
import { type Loaded, load } from './duckdb.ts';
import { exported } from './exporting.ts';
import { useFolders } from './folders.ts';

/** The examples of the documentation. */
const GROUP = '@TGS#_@TGS#cEXAMPLE';
const TOPIC = `${GROUP}@TOPIC#_news`;
const RUN = '2026-11-22T02:00:00.000Z';

/** SQL over the export that a page has. */
function statementsIn(page: string): string[] {
  const text = readFileSync(`docs/${page}`, 'utf8');
  return [...text.matchAll(/^Over the export:\n+```sql\n(.*?)^```/gms)].map(([, sql = '']) => sql);
}

const freshFolder = useFolders();
let world: World;
let loaded: Loaded[];
let runId: string;
/** A topic that there is, with more than one change if possible. */
let example: { groupId: string; topicId: string };

beforeAll(async () => {
  world = await createWorld({ communities: 20, topicsPerCommunity: 6 });
  await runNight({ parts: world.parts, runId: new Date().toISOString() });
  world.simulator.app().mutate({ edits: 9, deletions: 5, creations: 4, messages: 25, disbandings: 1 });
  runId = new Date().toISOString();
  await runNight({ parts: world.parts, runId });
  const mirror = { store: world.parts.store, sdkAppId: world.parts.app.sdkAppId };
  loaded = [];
  for (const format of EXPORT_FORMATS) {
    const folder = freshFolder();
    await exported(mirror, folder, { runId, format });
    loaded.push(await load(folder));
  }
  [example] = (await answers(
    'SELECT groupId, topicId FROM (SELECT groupId, topicId, count(*) AS n FROM changes WHERE groupId IN (SELECT groupId FROM activity) GROUP BY ALL) ORDER BY n DESC, groupId, topicId LIMIT 1',
  )) as [typeof example];
}, 60_000);

afterAll(async () => {
  for (const one of loaded) one.close();
  await world.close();
});

/** A statement with the ids of the examples replaced by some that there are. */
function withIds(sql: string): string {
  const found = [
    [TOPIC, example.topicId],
    [GROUP, example.groupId],
    [RUN, runId],
  ] as const;
  return found.reduce((text, [name, id]) => text.replaceAll(name, id.replaceAll("'", "''")), sql);
}

/** The answers of all formats, which have to be the same. */
async function answers(sql: string): Promise<Record<string, unknown>[]> {
  const [first, ...others] = await Promise.all(loaded.map((one) => one.query(sql)));
  for (const other of others) expect(other).toEqual(first);
  return first ?? [];
}

describe('the documented SQL over the export', () => {
  const own = statementsIn('export.md');

  it.each(own)('has an answer, the same in every format: %s', async (sql) => {
    expect((await answers(sql)).length).toBeGreaterThan(0);
  });
});

/** The statements of the questions, by their numbers, and the library's answers as far as both tell the same. */
describe('each question, as SQL over the export, has the answer of the query library', () => {
  const page = readFileSync('docs/queries.md', 'utf8');
  const statements = new Map(
    page
      .split(/^## (?=\d)/m)
      .slice(1)
      .map((section) => {
        const [, sql = ''] = /^Over the export:\n+```sql\n(.*?)^```/ms.exec(section) ?? [];
        return [Number.parseInt(section, 10), sql] as const;
      }),
  );
  const queries = () => queriesOf(world.parts.store, world.parts.app.sdkAppId);
  const topicKey = ({ groupId, topicId }: { groupId: string; topicId: string }) => ({ groupId, topicId });
  const changeKey = ({ observedAt, kind, groupId, topicId }: Change) => ({
    observedAt,
    kind,
    groupId,
    topicId,
  });
  const TO = '9999-12-31T23:59:59.999Z';

  const EXPECTED: Readonly<Record<number, () => Promise<object[]>>> = {
    1: async () => {
      const { store, app } = world.parts;
      return (await collect(topicsOf(store, app.sdkAppId, example.groupId))).map(topicKey);
    },
    // The baseline is derived, and stored nowhere.
    2: async () =>
      (await collect(queries().history(example))).filter(({ baseline }) => !baseline).map(changeKey),
    3: async () => (await deletedTopics()).map(topicKey),
    4: async () =>
      (await collect(queries().changesSince({ since: runId, now: new Date().toISOString() }))).map(changeKey),
    5: async () =>
      (await collect(queries().communities({}))).map(({ groupId, status, topicCount, lastSyncedAt }) => ({
        groupId,
        status,
        topicCount,
        lastSyncedAt: lastSyncedAt ?? null,
      })),
    6: async () =>
      (await collect(queries().failingCommunities({}))).map(({ groupId, failingSince }) => ({
        groupId,
        failingSince,
      })),
    7: async () =>
      (await collect(queries().runs({}))).map(({ runId, status, closedAt }) => ({ runId, status, closedAt })),
    8: async () => {
      const active = await collect(queries().activeTopics({ runId, limit: 20 }));
      return active.map(({ newMessages, nextMsgSeq, ...topic }) => ({
        ...topicKey(topic),
        newMessages,
        nextMsgSeq,
      }));
    },
    9: async () =>
      (await collect(queries().silentTopics({ since: '2026-08-24T00:00:00.000Z' }))).map(topicKey),
    10: async () => {
      const [from, before] = ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'];
      return (await collect(queries().createdTopics({ from, before }))).map(topicKey);
    },
    11: async () => (await collect(queries().mutedTopics({}))).map(topicKey),
    12: async () => {
      const days = await collect(queries().growthByDay({ from: '2000-01-01', to: TO.slice(0, 10) }));
      return days.map(({ lastRunId: _id, status: _status, ...day }) => day);
    },
    13: async () =>
      (await collect(queries().activity({ groupId: example.groupId }))).map((one) => ({ ...one })),
    14: async () => {
      const active = await collect(queries().activeTopics({ since: '2026-10-24', limit: 20 }));
      return active.map(({ newMessages, nextMsgSeq, ...topic }) => ({
        ...topicKey(topic),
        newMessages,
        nextMsgSeq,
      }));
    },
  };

  it('is there for every question', () => {
    expect([...statements.keys()]).toEqual(Object.keys(EXPECTED).map(Number));
    expect([...statements.values()].filter((sql) => sql === '')).toEqual([]);
  });

  it.each(Object.keys(EXPECTED).map(Number))('question %i', async (number) => {
    const expected = (await EXPECTED[number]?.()) ?? [];
    const names = Object.keys(expected[0] ?? {});
    const rows = await answers(withIds(statements.get(number) ?? ''));
    const found = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
    // In another order where ids are told apart as keys are spelt, or shard by shard.
    const sorted = (all: object[]) => all.map((one) => JSON.stringify(one)).sort();
    expect(sorted(found)).toEqual(sorted(expected));
    if (![6, 10].includes(number)) expect(found.length).toBeGreaterThan(0);
  });

  async function deletedTopics(): Promise<{ groupId: string; topicId: string }[]> {
    const { store, app } = world.parts;
    return collect(topicsWanting(store, app.sdkAppId, 'topic-deleted', '2026-11-15T00:00:00.000Z'));
  }
});

describe('the page', () => {
  const page = readFileSync('docs/export.md', 'utf8');

  it('names every column of every table', () => {
    for (const [table, columns] of Object.entries(TABLES)) {
      const line = page.split('\n').find((text) => text.startsWith(`| \`${table}\``)) ?? '';
      const named = [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name).slice(1);
      expect(named).toEqual(columns.map(({ name }) => name));
    }
  });

  it('has options that the command has', () => {
    const command = createProgram().commands.find((one) => one.name() === 'export');
    const known = command?.options.map(({ long }) => long) ?? [];
    const used = [...page.matchAll(/mirror -- export([^#\n]*)/g)].flatMap(
      ([, rest = '']) => rest.match(/--[a-z]+/g) ?? [],
    );
    expect(used.length).toBeGreaterThan(4);
    expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
  });
});
