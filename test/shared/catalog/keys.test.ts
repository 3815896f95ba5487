import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  appKey,
  changeKey,
  communityKey,
  historyPrefix,
  type Key,
  listedKey,
  runKey,
  SHARDS,
  shardOf,
  slotsKey,
  TOPIC_PREFIX,
  topicKey,
} from '../../../shared/catalog/keys.ts';
import { ids } from '../../arbitraries.ts';
import { APP, at, GROUP, RUN_ID } from '../../builders.ts';

const apps = fc.integer({ min: 1, max: 2 ** 40 });
const times = fc.nat(100).map(at);

/** What an item is of, and the key that it gets. */
const items = fc
  .oneof(
    fc.record({ kind: fc.constant('app' as const), app: apps }),
    fc.record({ kind: fc.constant('run' as const), app: apps, run: times }),
    fc.record({
      kind: fc.constant('listed' as const),
      app: apps,
      run: times,
      shard: fc.nat(15),
      page: fc.nat(99),
    }),
    fc.record({ kind: fc.constant('community' as const), app: apps, group: ids }),
    fc.record({ kind: fc.constant('topic' as const), app: apps, group: ids, topic: ids }),
    fc.record({ kind: fc.constant('change' as const), app: apps, group: ids, topic: ids, time: times }),
    fc.record({ kind: fc.constant('slots' as const), app: apps, api: ids, window: fc.nat() }),
  )
  .map((of) => ({ of, key: keyOf(of) }));

type ItemOf =
  | { kind: 'app'; app: number }
  | { kind: 'run'; app: number; run: string }
  | { kind: 'listed'; app: number; run: string; shard: number; page: number }
  | { kind: 'community'; app: number; group: string }
  | { kind: 'topic'; app: number; group: string; topic: string }
  | { kind: 'change'; app: number; group: string; topic: string; time: string }
  | { kind: 'slots'; app: number; api: string; window: number };

function keyOf(of: ItemOf): Key {
  if (of.kind === 'app') return appKey(of.app);
  if (of.kind === 'run') return runKey(of.app, of.run);
  if (of.kind === 'listed') return listedKey(of.app, of.run, of.shard, of.page, 'reading');
  if (of.kind === 'community') return communityKey(of.app, of.group);
  if (of.kind === 'topic') return topicKey(of.app, of.group, of.topic);
  if (of.kind === 'change') return changeKey(of.app, of.group, of.topic, of.time);
  return slotsKey(of.app, of.api, of.window);
}

const textOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);

describe('keys', () => {
  it('are the same only for the same item', () => {
    fc.assert(
      fc.property(fc.array(items, { minLength: 2, maxLength: 40 }), (some) => {
        const byKey = new Map<string, string>();
        for (const { of, key } of some) {
          const text = JSON.stringify(of);
          expect(byKey.get(textOf(key)) ?? text).toBe(text);
          byKey.set(textOf(key), text);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep ids apart that join to the same text', () => {
    const pairs = [
      ['a|b', 'c'],
      ['a', 'b|c'],
      ['a%7Cb', 'c'],
      ['a%257Cb', 'c'],
      ['a%', '7Cb|c'],
    ] as const;
    const keys = pairs.flatMap(([group, topic]) => [
      textOf(topicKey(APP, group, topic)),
      textOf(changeKey(APP, group, topic, RUN_ID)),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('stay what they are: stored items are found by them', () => {
    expect(communityKey(APP, GROUP)).toEqual({ pk: '1400000000|communities|5', sk: GROUP });
    expect(topicKey(APP, GROUP, 'a|100%')).toEqual({
      pk: `1400000000|community|${GROUP}`,
      sk: 'topic|a%7C100%25',
    });
    expect(changeKey(APP, GROUP, 'a', at(0))).toEqual({
      pk: `1400000000|community|${GROUP}`,
      sk: `change|a|${at(0)}`,
    });
    expect(runKey(APP, RUN_ID)).toEqual({ pk: '1400000000|runs', sk: RUN_ID });
    expect(listedKey(APP, RUN_ID, 15, 3, 'one')).toEqual({
      pk: `1400000000|run|${RUN_ID}`,
      sk: 'listed|f|000003|one',
    });
    expect(slotsKey(APP, 'get_topic', 7)).toEqual({ pk: '1400000000|slots|get_topic|7', sk: 'slots' });
  });

  it('fit DynamoDB’s limits with the longest documented ids', () => {
    const { pk, sk } = changeKey(Number.MAX_SAFE_INTEGER, '|'.repeat(48), '|'.repeat(96), RUN_ID);
    expect(pk.length).toBeLessThanOrEqual(2048);
    expect(sk.length).toBeLessThanOrEqual(1024);
  });
});

describe('a topic’s history', () => {
  it('begins with a prefix that no other topic’s entries have', () => {
    fc.assert(
      fc.property(ids, ids, times, (one, other, time) => {
        const { sk } = changeKey(APP, GROUP, other, time);
        expect(sk.startsWith(historyPrefix(one))).toBe(one === other);
      }),
      { numRuns: 500 },
    );
  });

  it('stands apart from the snapshots', () => {
    fc.assert(
      fc.property(ids, ids, times, (one, other, time) => {
        expect(changeKey(APP, GROUP, one, time).sk.startsWith(TOPIC_PREFIX)).toBe(false);
        expect(topicKey(APP, GROUP, one).sk.startsWith(historyPrefix(other))).toBe(false);
      }),
    );
  });

  it('sorts by time', () => {
    const keys = [0, 9, 10, 99, 100, 86_400].map((seconds) => changeKey(APP, GROUP, 'a', at(seconds)).sk);
    expect([...keys].sort()).toEqual(keys);
  });
});

describe('shardOf', () => {
  it.each([
    ['', 5],
    ['a', 12],
    [GROUP, 5],
    ['foobar', 8],
    ['社群', 7],
  ])('puts %j into shard %i for ever', (id, shard) => {
    expect(shardOf(id)).toBe(shard);
  });

  it('spreads ids over every shard alike', () => {
    const some = Array.from({ length: 16_000 }, (_, nth) => `@TGS#_@TGS#c${nth.toString(36).toUpperCase()}`);
    const counts = Array.from(Map.groupBy(some, shardOf).values(), (group) => group.length);
    expect(counts).toHaveLength(SHARDS);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
