import { describe, expect, it } from '@jest/globals';
import { type Choice, cellsOf, LATENCY_NAMES } from '../../bench/ceiling/cells.ts';
import { leasedSlots } from '../../bench/ceiling/leasedSlots.ts';
import { rowOf } from '../../bench/ceiling/row.ts';
import { createStaticShare } from '../../bench/ceiling/staticShare.ts';
import { slotsKey } from '../../shared/catalog/keys.ts';
import { putItem } from '../../shared/catalog/writeItems.ts';
import { GET_TOPIC_CEILING, MOST_CALLS_PER_SECOND } from '../../shared/config.ts';
import { slotTime, topicBudget } from '../../shared/rate/budget.ts';
import { useMemoryTable } from '../support/memoryTable.ts';

const everything: Choice = { consumers: [1, 2, 5, 10], latency: LATENCY_NAMES, stalls: 'both' };
const effort = { cpuShare: 0.1, delayP99Ms: 2, delayMaxMs: 9 };

describe('the cells of the ceiling', () => {
  it('are every combination of what was chosen, each once', () => {
    const cells = cellsOf(everything).filter(({ pacing }) => pacing === 'mirror');
    expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(40);
    expect(cells).toHaveLength(40);
    expect(cellsOf({ consumers: [2], latency: ['20'], stalls: 'yes' })).toEqual([
      { consumers: 2, latency: '20', stalls: true, pacing: 'mirror' },
    ]);
  });

  it('have a peer beside a few, and beside each when that is asked for', () => {
    const peers = (choice: Choice) => cellsOf(choice).filter(({ pacing }) => pacing === 'static share');
    expect(peers(everything).map(({ consumers, latency }) => `${consumers} ${latency}`)).toEqual([
      '5 120',
      '5 120',
      '10 120',
      '10 120',
    ]);
    expect(peers({ ...everything, peer: true })).toHaveLength(40);
  });

  it('are six in a hurry', () => {
    expect(cellsOf({ ...everything, quick: true }).filter(({ pacing }) => pacing === 'mirror')).toHaveLength(
      6,
    );
  });
});

describe('a row of the ceiling', () => {
  it('counts as reached what was admitted in the stretch, and as wasted what was leased and not sent', () => {
    const row = rowOf(
      { consumers: 2, latency: '120', stalls: true, pacing: 'mirror' },
      {
        coreShare: 0.29,
        judged: { elapsedMs: 10_000, calls: 1960, refused: 10, peakPerSecond: 203, ...effort },
        called: [
          { calls: 1000, failed: 0, ...effort },
          { calls: 960, failed: 1, ...effort, delayMaxMs: 40 },
        ],
        leased: 1975,
        busy: 0.5,
        refusedAtStart: 3,
      },
    );
    expect(row).toMatchObject({
      'core each': 0.29,
      'calls/s': 195,
      'of ceiling': '97.5 %',
      'worst second': 203,
      refused: 10,
      'at start': 3,
      failed: 1,
      'slots wasted': 15,
      'consumer late max': 40,
    });
  });
});

describe('leased slots', () => {
  const table = useMemoryTable();
  const budget = topicBudget(MOST_CALLS_PER_SECOND, GET_TOPIC_CEILING);
  const WINDOW = 1_795_309_200;
  const use = (app: number, window: number, used: number) =>
    putItem(table.store, { ...slotsKey(app, budget.api, window), used });

  it('are those that are due in the stretch, whoever leased them', async () => {
    const app = table.freshApp();
    await use(app, WINDOW, budget.slots);
    await use(app, WINDOW + 1, 26);
    const from = slotTime(budget, WINDOW, 100);
    const leased = (to: number) => leasedSlots(table.store, app, { from, to });
    expect(await leased(slotTime(budget, WINDOW + 2, 0))).toBe(budget.slots - 100 + 26);
    expect(await leased(slotTime(budget, WINDOW, 110))).toBe(10);
  });

  it('end with their window, however much the last lease asked for', async () => {
    const app = table.freshApp();
    await use(app, WINDOW, budget.slots + 8);
    const stretch = { from: slotTime(budget, WINDOW, 0), to: slotTime(budget, WINDOW + 2, 0) };
    expect(await leasedSlots(table.store, app, stretch)).toBe(budget.slots);
  });
});

describe('the static share', () => {
  it('spaces the calls of one consumer, and makes up for none that was not asked for', async () => {
    let now = 1000;
    const waits: number[] = [];
    const clock = { now: () => now, sleep: async (ms: number) => waits.push(ms) };
    const share = createStaticShare(100, clock);
    await share();
    now += 60;
    for (let call = 0; call < 3; call++) await share();
    now += 5;
    await share();
    expect(waits).toEqual([0, 0, 10, 20, 25]);
  });
});
