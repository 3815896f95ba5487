import { describe, expect, it } from '@jest/globals';
import { slotsKey } from '../../../shared/catalog/keys.ts';
import { topicBudget } from '../../../shared/rate/budget.ts';
import { createPacer } from '../../../shared/rate/pacer.ts';
import { leasesInTable, type SlotRange } from '../../../shared/rate/slotLease.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { rollingPeak } from '../../support/rollingPeak.ts';

const table = useMemoryTable();
const budget = topicBudget(195, 200);
const WINDOW = 1_795_309_200;

const freshLease = () => leasesInTable(table.store, table.freshApp(), budget).lease;
const slotsOf = ({ from, to }: SlotRange) => Array.from({ length: to - from }, (_, nth) => from + nth);

describe('leasing slots from the table', () => {
  it('begins with the first slot of a window and goes on where the last lease ended', async () => {
    const lease = freshLease();
    expect(await lease(WINDOW, 13, 0)).toEqual({ from: 0, to: 13 });
    expect(await lease(WINDOW, 5, 0)).toEqual({ from: 13, to: 18 });
    expect(await lease(WINDOW + 1, 5, 0)).toEqual({ from: 0, to: 5 });
  });

  it('gives consumers that lease at once slots of their own, and never more than the window has', async () => {
    const app = table.freshApp();
    const consumers = Array.from({ length: 20 }, () => leasesInTable(table.store, app, budget).lease);
    const leases = await Promise.all(
      consumers.flatMap((lease) => [lease(WINDOW, 13, 0), lease(WINDOW, 7, 0)]),
    );
    const slots = leases.filter((range) => range !== undefined).flatMap(slotsOf);
    expect(slots.sort((a, b) => a - b)).toEqual(Array.from({ length: 195 }, (_, slot) => slot));
    expect(leases).toContain(undefined);
  });

  it('cuts a window’s last lease at its end', async () => {
    const lease = freshLease();
    await lease(WINDOW, 190, 0);
    expect(await lease(WINDOW, 13, 0)).toEqual({ from: 190, to: 195 });
    expect(await lease(WINDOW, 1, 0)).toBeUndefined();
  });

  it('steps over slots that are past, for everybody', async () => {
    const lease = freshLease();
    expect(await lease(WINDOW, 3, 100)).toEqual({ from: 100, to: 103 });
    expect(await lease(WINDOW, 3, 100)).toEqual({ from: 103, to: 106 });
    expect(await lease(WINDOW, 3, 194)).toEqual({ from: 194, to: 195 });
    expect(await lease(WINDOW, 3, 0)).toBeUndefined();
  });

  it('keeps the slots apart of consumers that step at once', async () => {
    const app = table.freshApp();
    const ranges = await Promise.all(
      Array.from({ length: 30 }, (_, nth) =>
        leasesInTable(table.store, app, budget).lease(WINDOW, 5, (nth % 3) * 20),
      ),
    );
    const slots = ranges.filter((range) => range !== undefined).flatMap(slotsOf);
    expect(new Set(slots).size).toBe(slots.length);
  });

  it('keeps apps apart', async () => {
    expect(await freshLease()(WINDOW, 1, 0)).toEqual(await freshLease()(WINDOW, 1, 0));
  });

  it('lets the table forget a window an hour after it', async () => {
    const app = table.freshApp();
    await leasesInTable(table.store, app, budget).lease(WINDOW, 1, 50);
    const item = await table.item(slotsKey(app, 'get_topic', WINDOW));
    const startsAt = Math.floor((WINDOW * budget.windowMs) / 1000);
    expect(item).toMatchObject({ expiresAt: startsAt + 3600, used: 51 });
  });

  it('paces several consumers on the wire below the ceiling', async () => {
    const app = table.freshApp();
    const sent: number[] = [];
    const consumers = [0, 1, 2].map(() => createPacer(budget, leasesInTable(table.store, app, budget)));
    const calls = consumers.flatMap((pacer) =>
      Array.from({ length: 70 }, async () => {
        await pacer.acquire();
        sent.push(Date.now());
      }),
    );
    await Promise.all(calls);
    expect(sent).toHaveLength(210);
    expect(rollingPeak(sent, 1000)).toBeLessThanOrEqual(200);
  });
});
