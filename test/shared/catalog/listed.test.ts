import { describe, expect, it } from '@jest/globals';
import { listedPartition, SHARDS, shardOf } from '../../../shared/catalog/keys.ts';
import { listedIn, putListed } from '../../../shared/catalog/listed.ts';
import { queryItems } from '../../../shared/catalog/readItems.ts';
import { LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
const now = Date.parse(RUN_ID);
const groups = (count: number, from = 0) =>
  Array.from({ length: count }, (_, nth) => `@TGS#_@TGS#c${from + nth}`);
const put = (app: number, page: number, groupIds: readonly string[]) =>
  putListed(table.store, app, { runId: RUN_ID, page, groupIds, now });

async function listed(app: number, runId = RUN_ID): Promise<string[]> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => listedIn(table.store, app, runId, shard)),
  );
  return shards.flatMap((ids) => [...ids]).sort();
}

describe('the communities that a run’s list named', () => {
  it('are kept by the shard of their stamps', async () => {
    const app = table.freshApp();
    await put(app, 0, groups(100));
    for (let shard = 0; shard < SHARDS; shard++) {
      const expected = groups(100).filter((groupId) => shardOf(groupId) === shard);
      expect(await listedIn(table.store, app, RUN_ID, shard)).toEqual(new Set(expected));
    }
  });

  it('are those of every page', async () => {
    const app = table.freshApp();
    await put(app, 0, groups(50));
    await put(app, 1, groups(50, 50));
    expect(await listed(app)).toEqual(groups(100).sort());
  });

  it('count once when two pages name them', async () => {
    const app = table.freshApp();
    await put(app, 0, groups(50));
    await put(app, 1, groups(50, 25));
    expect(await listed(app)).toEqual(groups(75).sort());
  });

  it('are those of every reading of a page: what either named is queued', async () => {
    const app = table.freshApp();
    await put(app, 0, groups(50));
    await put(app, 0, groups(10, 200));
    expect(await listed(app)).toEqual([...groups(50), ...groups(10, 200)].sort());
  });

  it('are none for another run or an empty page', async () => {
    const app = table.freshApp();
    await put(app, 0, []);
    expect(await listed(app)).toEqual([]);
    await put(app, 1, groups(3));
    expect(await listed(app, LATER_RUN_ID)).toEqual([]);
  });

  it('fit the largest page with the longest ids', async () => {
    const app = table.freshApp();
    const page = Array.from({ length: 10_000 }, (_, nth) => `@TGS#_${String(nth).padStart(42, '0')}`);
    await put(app, 0, page);
    expect(await listed(app)).toEqual(page);
  });

  it('are forgotten by the table after 30 days', async () => {
    const app = table.freshApp();
    await put(app, 7, groups(1));
    const condition = { expression: 'pk = :pk', values: { ':pk': listedPartition(app, RUN_ID) } };
    const items = await Array.fromAsync(queryItems(table.store, condition, { consistent: true }));
    expect(items).toHaveLength(SHARDS);
    for (const { expiresAt } of items) expect(expiresAt).toBe(now / 1000 + 30 * 86_400);
  });
});
