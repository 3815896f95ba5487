import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createProgram } from '../../../../cli/program.ts';
import {
  activityPartition,
  attentionOf,
  changeDay,
  changeKey,
  communitiesPartition,
  communityKey,
  historyPrefix,
  rostersPartition,
  runKey,
  runsPartition,
  SHARDS,
  TOPIC_PREFIX,
  topicKey,
  topicsPartition,
} from '../../../../shared/catalog/keys.ts';
import { type QueryOptions, queryItems } from '../../../../shared/catalog/readItems.ts';
import type { Expression, Item } from '../../../../shared/catalog/store.ts';
import { TABLE } from '../../../../shared/catalog/table.ts';
import { DOCUMENTED, seedDocumented } from '../../../support/documentedCatalog.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';

const { app: APP, group: GROUP, topic: TOPIC } = DOCUMENTED;
const document = readFileSync('docs/queries.md', 'utf8');
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`^([^\\n]*)\\n\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, before = '', text = '']) => ({ before, text }),
  );
/** Statements in PartiQL; what is asked of an export is in DuckDB's SQL. */
const statements = blocks('sql')
  .filter(({ before }) => !before.endsWith('Over the export:'))
  .map(({ text }) => text);

const shards = (partition: (shard: number) => string) =>
  Array.from({ length: SHARDS }, (_, shard) => partition(shard));
const days = shards((shard) => changeDay(APP, '2026-11-22', shard));
const RUN_ID = '2026-11-22T02:00:00.000Z';
const rosters = shards((shard) => rostersPartition(APP, shard));
const entries = shards((shard) => activityPartition(APP, RUN_ID, shard));
const communities = shards((shard) => communitiesPartition(APP, shard));

/** Where a statement reads, and the partitions that it may name there. */
const PARTITIONS: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  [TABLE.partitionKey]: {
    [TABLE.partitionKey]: [
      [topicsPartition(APP, GROUP)],
      communities,
      [runsPartition(APP)],
      rosters,
      entries,
    ],
  },
  [TABLE.indexes.changesByDay.name]: { [TABLE.indexes.changesByDay.partitionKey]: [days] },
  [TABLE.indexes.attention.name]: {
    [TABLE.indexes.attention.partitionKey]: [
      shards((shard) => attentionOf(APP, 'topic-deleted', shard)),
      [attentionOf(APP, 'community-failing'), attentionOf(APP, 'community-unsupported')],
    ],
  },
};

/** What is selected of the entries of a night alone. */
const OF_ENTRIES = '"newMessages"';

/** A statement's parts. The partitions of one that leaves them out are those that are written out elsewhere. */
function parsed(statement: string) {
  const [, selected = '', index, key = '', partitions = '', more = ''] =
    /^SELECT (.+?)\s+FROM "MirrorTable"(?:\."([\w-]+)")?\s+WHERE "(\w+)" (?:=|IN) ('[^']*'|\[[^\]]*\])\s*(.*)$/s.exec(
      statement,
    ) ?? [];
  const named = [...partitions.matchAll(/'([^']*)'/g)].map(([, partition = '']) => partition);
  const known = PARTITIONS[index ?? TABLE.partitionKey]?.[key] ?? [];
  const left = index !== undefined ? known[0] : selected.includes(OF_ENTRIES) ? entries : rosters;
  return { selected, index, key, more, known, partitions: partitions === '[…]' ? (left ?? []) : named };
}

describe('the documented questions', () => {
  it('are fourteen, each as a command, on the table, and over an export', () => {
    expect(document.match(/^## \d+\. /gm)).toHaveLength(14);
    expect(document.match(/^Over the export:\n```sql$/gm)).toHaveLength(14);
    expect(statements).toHaveLength(14);
  });

  it.each(statements)('name whole partitions of the table or an index: %s', (statement) => {
    const { known, partitions } = parsed(statement);
    expect(known).toContainEqual(partitions);
  });

  describe('on a catalog', () => {
    const table = useMemoryTable();
    beforeAll(() => seedDocumented(table.store));

    it.each(statements)('find what they are about: %s', async (statement) => {
      const { selected, index, key, more, partitions } = parsed(statement);
      const conditions = [`"${key}" = :partition`, ...(more === '' ? [] : [more.replace(/^AND /, '')])];
      const found: Item[] = [];
      for (const partition of partitions)
        for await (const item of queryItems(
          table.store,
          ...asQuery(conditions.join(' AND '), partition, index),
        ))
          found.push(item);
      expect(found.length).toBeGreaterThan(0);
      // What is selected by name is there, in one of them at least: an index of keys has no more.
      const names = [...selected.matchAll(/(?<![."])"(\w+)"/g)].map(([, name = '']) => name);
      for (const name of names.filter((one) => !SOMETIMES.includes(one)))
        expect(found.some((item) => item[name] !== undefined)).toBe(true);
    });
  });

  it('have the prefixes of the sort keys', () => {
    const prefixes = [...document.matchAll(/begins_with\("sk", '([^']*)'\)/g)].map(([, prefix]) => prefix);
    expect(prefixes).toEqual([TOPIC_PREFIX, historyPrefix(TOPIC)]);
  });

  it('have the keys of every kind of item', () => {
    const keys = [
      topicKey(APP, GROUP, TOPIC),
      changeKey(APP, GROUP, TOPIC, '2026-11-22T02:00:05.123Z'),
      communityKey(APP, GROUP),
      runKey(APP, '2026-11-22T02:00:00.000Z'),
    ];
    for (const { sk } of keys) expect(document).toContain(`\`sk\` = \`${sk.replaceAll('|', '\\|')}\``);
    for (const first of [
      topicsPartition(APP, GROUP),
      communities[0],
      runsPartition(APP),
      days[0],
      rosters[0],
      entries[0],
    ])
      expect(document).toContain(`\`${first?.replaceAll('|', '\\|')}\``);
  });

  it('are commands that there are, with options that they have', () => {
    const lines = blocks('sh').flatMap(({ text }) => [...text.matchAll(/mirror -- (\w+)([^|\n]*)/g)]);
    expect(lines.length).toBeGreaterThanOrEqual(17);
    for (const [line, name, rest = ''] of lines) {
      const command = createProgram().commands.find((one) => one.name() === name);
      const known = command?.options.map(({ long }) => long) ?? [];
      const used = [...rest.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
      expect({
        line,
        unknown: used.filter((flag) => !known.includes(flag)),
        found: command !== undefined,
      }).toEqual({
        line,
        unknown: [],
        found: true,
      });
    }
  });
});

/** Attributes that only some items have. */
const SOMETIMES = ['reasons', 'failures'];

/** A statement's conditions as the Query that PartiQL makes of them: on the keys, and a filter for what is no key. */
function asQuery(
  conditions: string,
  partition: string,
  index: string | undefined,
): [Expression, QueryOptions] {
  const values: Record<string, string> = { ':partition': partition };
  const expression = conditions
    .replace(/'([^']*)'/g, (_, value: string) => {
      const name = `:v${Object.keys(values).length}`;
      values[name] = value;
      return name;
    })
    .replace(/"(\w+)"/g, '$1')
    .trim();
  const [keys = '', filter] = expression.split(/ AND (?=runId)/);
  const used = (text: string) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(text)));
  return [
    { expression: keys, values: used(keys) },
    {
      ...(index !== undefined && { index }),
      ...(filter !== undefined && { filter: { expression: filter, values: used(filter) } }),
    },
  ];
}
