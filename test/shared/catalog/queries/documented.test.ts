import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../../../../cli/program.ts';
import {
  attentionOf,
  changeDay,
  changeKey,
  communitiesPartition,
  communityKey,
  historyPrefix,
  runKey,
  runsPartition,
  SHARDS,
  TOPIC_PREFIX,
  topicKey,
  topicsPartition,
} from '../../../../shared/catalog/keys.ts';
import { TABLE } from '../../../../shared/catalog/table.ts';

const APP = 1_400_000_000;
const GROUP = '@TGS#_@TGS#cEXAMPLE';
const TOPIC = `${GROUP}@TOPIC#_news`;
const document = readFileSync('docs/queries.md', 'utf8');
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

const shards = (partition: (shard: number) => string) =>
  Array.from({ length: SHARDS }, (_, shard) => partition(shard));
const days = shards((shard) => changeDay(APP, '2026-11-22', shard));
const communities = shards((shard) => communitiesPartition(APP, shard));

/** Where a statement reads, and the partitions that it may name there. */
const PARTITIONS: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  '"MirrorTable"': {
    [TABLE.partitionKey]: [[topicsPartition(APP, GROUP)], communities, [runsPartition(APP)]],
  },
  [`"MirrorTable"."${TABLE.indexes.changesByDay.name}"`]: {
    [TABLE.indexes.changesByDay.partitionKey]: [days],
  },
  [`"MirrorTable"."${TABLE.indexes.attention.name}"`]: {
    [TABLE.indexes.attention.partitionKey]: [
      [attentionOf(APP, 'topic-deleted')],
      [attentionOf(APP, 'community-failing'), attentionOf(APP, 'community-unsupported')],
    ],
  },
};

describe('the documented questions', () => {
  it.each(blocks('sql'))('name whole partitions of the table or an index: %s', (statement) => {
    const [, from = '', key = '', , condition = ''] =
      /FROM ("\S+)\s+WHERE "(\w+)" (=|IN) ('[^']*'|\[[^\]]*\])/.exec(statement) ?? [];
    const named = [...condition.matchAll(/'([^']*)'/g)].map(([, partition = '']) => partition);
    // The one statement that leaves its shards out says where they stand.
    const expected = condition === '[…]' ? [[]] : PARTITIONS[from]?.[key];
    expect(expected).toContainEqual(named);
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
    for (const first of [topicsPartition(APP, GROUP), communities[0], runsPartition(APP), days[0]])
      expect(document).toContain(`\`${first?.replaceAll('|', '\\|')}\``);
  });

  it('are commands that there are, with options that they have', () => {
    const lines = blocks('sh').flatMap((text) => [...text.matchAll(/mirror -- (\w+)([^|\n]*)/g)]);
    expect(lines.length).toBeGreaterThanOrEqual(11);
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
