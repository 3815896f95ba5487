import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EnumerateParts, enumerate } from '../../../lambdas/list-communities/enumerate.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import { ApiError, type GroupPage, TransportError } from '../../../shared/chat/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createLifeline, KilledError, on } from '../../support/worldCrash.ts';
import { RUN } from '../../support/worldEvents.ts';

const LONG = Number.MAX_SAFE_INTEGER;
/** Beyond 2^53, and one that doubles cannot tell from its neighbour. */
const CURSORS = [18446744073709551615n, 9007199254740993n, 9007199254740992n, 1n];

let world: World;
let parts: Parts;
let catalog: Catalog;

beforeAll(async () => {
  world = await createWorld({ communities: 0 });
});

beforeEach(() => {
  parts = world.fresh();
  catalog = meteredCatalog(parts).catalog;
});

afterAll(() => world.close());

describe('listing the communities', () => {
  it('follows every cursor, digit for digit, from 0 to 0 and queues each page once', async () => {
    const app = pagedApp(5);
    const { queued, run } = await list(app);
    expect(app.asked).toEqual([0n, ...CURSORS].map((next) => ({ limit: 10_000, next })));
    expect(queued).toEqual(app.pages);
    expect(await run()).toMatchObject({
      status: 'RUNNING',
      pages: 5,
      next: '0',
      cursors: [...CURSORS.map(String), '0'],
      listedIds: 10,
      totalCountMin: 10,
      totalCountMax: 10,
      enumeratedAt: expect.any(String),
    });
    expect(await listed()).toEqual(app.pages.flat().sort());
  });

  it('of an app without communities is one empty page', async () => {
    const { outcome, run } = await list({ pages: [[]], asked: [], listPage: async () => page([], 0n, 0) });
    expect(outcome).toBe('listed');
    expect(await run()).toMatchObject({ pages: 1, listedIds: 0, enumeratedAt: expect.any(String) });
  });

  it('keeps the smallest and the largest TotalCount that the pages named', async () => {
    const app = pagedApp(3);
    const counts = [7, 5, 6];
    const listPage: EnumerateParts['listPage'] = async (request) => ({
      ...(await app.listPage(request)),
      totalCount: counts.shift() as number,
    });
    const { run } = await list({ ...app, listPage });
    expect(await run()).toMatchObject({ totalCountMin: 5, totalCountMax: 7 });
  });

  it.each([
    ['60008', new ApiError({ api: 'get_appid_group_list' }, 60008, '')],
    ['no answer', new TransportError({ api: 'get_appid_group_list' }, 'no answer within 5 s')],
  ])('halves the page while it takes too long (%s), and lets it grow back', async (_what, error) => {
    const app = pagedApp(5);
    const limits: number[] = [];
    const { run } = await list({
      ...app,
      listPage: async (request) => {
        limits.push(request.limit);
        // The API is slow with the first page alone.
        if (app.asked.length === 0 && request.limit > 2_500) throw error;
        return app.listPage(request);
      },
    });
    expect(limits).toEqual([10_000, 5_000, 2_500, 5_000, 10_000, 10_000, 10_000]);
    expect(await run()).toMatchObject({ pages: 5, listedIds: 10 });
  });

  it('gives up on an API that is slow with short pages, too, or once its time is over', async () => {
    const slow = new ApiError({ api: 'get_appid_group_list' }, 60008, '');
    const asked: number[] = [];
    const listPage: EnumerateParts['listPage'] = async ({ limit }) => {
      asked.push(limit);
      throw slow;
    };
    await expect(list({ pages: [], asked: [], listPage })).rejects.toBe(slow);
    expect(asked).toEqual([10_000, 5_000, 2_500, 1_250, 625, 312, 156, 78]);
  });

  it('does not halve the page for an API that nothing was sent to', async () => {
    const error = new TransportError({ api: 'get_appid_group_list' }, 'refused', { neverSent: true });
    const asked: number[] = [];
    const listPage: EnumerateParts['listPage'] = async ({ limit }) => {
      asked.push(limit);
      throw error;
    };
    await expect(list({ pages: [], asked: [], listPage })).rejects.toBe(error);
    expect(asked).toEqual([10_000]);
  });

  it('halves the page while its answer is too large, and keeps the size that fits for the rest of the run', async () => {
    const app = pagedApp(3);
    const listPage: EnumerateParts['listPage'] = async (request) => {
      if (request.limit <= 1250) return app.listPage(request);
      throw new ApiError({ api: 'get_appid_group_list' }, 10018, '');
    };
    const limits: number[] = [];
    const { run } = await list({
      ...app,
      listPage: (request) => {
        limits.push(request.limit);
        return listPage(request);
      },
    });
    expect(limits).toEqual([10_000, 5_000, 2_500, 1_250, 1_250, 1_250]);
    expect(await run()).toMatchObject({ limit: 1_250, enumeratedAt: expect.any(String) });
  });

  it('gives up on a page that is too large even for one community', async () => {
    const tooLarge = async () => {
      throw new ApiError({ api: 'get_appid_group_list' }, 10018, '');
    };
    await expect(list({ pages: [], asked: [], listPage: tooLarge })).rejects.toMatchObject({ code: 10018 });
  });

  it.each([
    ['the page before', [5n, 5n]],
    ['an earlier page', [5n, 6n, 7n, 5n]],
  ])('ends, with the reason in the ledger, at a cursor that %s gave', async (_which, cursors) => {
    const answers = cursors.map((next, index) => page([`g${index}`], next, 100));
    const listPage = async () => answers.shift() ?? page([], 0n, 100);
    const { outcome, run } = await list({ pages: [], asked: [], listPage });
    expect(outcome).toBe('listed');
    expect(answers).toEqual([]);
    expect(await run()).toMatchObject({
      enumeratedAt: expect.any(String),
      enumerationProblem: 'the list gave the cursor 5 twice',
    });
  });

  it('follows empty pages to its end, and is complete if it has named all by then', async () => {
    const pages = [['a'], [], [], ['b'], []];
    const answers = pages.map((ids, index) => page(ids, BigInt((index + 1) % pages.length), 2));
    const listPage = async () => answers.shift() as GroupPage;
    const { outcome, run } = await list({ pages: [], asked: [], listPage });
    expect(outcome).toBe('listed');
    expect(await run()).toMatchObject({ pages: 5, listedIds: 2, enumeratedAt: expect.any(String) });
    expect(await run()).not.toHaveProperty('enumerationProblem');
  });

  it('ends at the tenth empty page in a row, with the reason in the ledger', async () => {
    let next = 0n;
    const listPage = async () => page(next === 0n ? ['a'] : [], ++next, 5);
    const { outcome, run } = await list({ pages: [], asked: [], listPage });
    expect(outcome).toBe('listed');
    expect(await run()).toMatchObject({
      pages: 11,
      enumerationProblem: 'the list gave 10 pages in a row without a community, and no end',
    });
  });

  it('ends, with the reason in the ledger, when it goes on far beyond its TotalCount with ever new cursors', async () => {
    const ids = Array.from({ length: 4_000 }, (_, index) => `g${index}`);
    let next = 0n;
    const listPage = async () => page(ids, ++next, 4_000);
    const { outcome, run } = await list({ pages: [], asked: [], listPage });
    expect(outcome).toBe('listed');
    expect(await run()).toMatchObject({
      pages: 5,
      enumerationProblem: 'the list goes on after 20000 communities, its TotalCount says 4000',
    });
  });

  it('stops before the deadline, and the same event goes on at the next page', async () => {
    const app = pagedApp(5);
    let now = Date.parse(RUN);
    const slow: EnumerateParts['listPage'] = async (request) => {
      now += 10_000;
      return app.listPage(request);
    };
    const first = await list({ ...app, listPage: slow }, { now: () => now, deadline: now + 45_000 });
    expect(first.outcome).toBe('stopped');
    expect(now).toBeLessThan(Date.parse(RUN) + 45_000);
    expect(await first.run()).toMatchObject({ pages: 3, next: String(CURSORS[2]) });
    expect(await first.run()).not.toHaveProperty('enumeratedAt');

    const second = await list({ ...app, listPage: slow }, { now: () => now, deadline: now + 45_000 });
    expect(second.outcome).toBe('listed');
    expect([...first.queued, ...second.queued]).toEqual(app.pages);
  });

  it('begins no page that it has no time for', async () => {
    const app = pagedApp(1);
    const now = Date.parse(RUN);
    expect((await list(app, { now: () => now, deadline: now + 5_000 })).outcome).toBe('stopped');
    expect(app.asked).toEqual([]);
  });

  it('is not done again for a run that has been listed, nor for one that is closed', async () => {
    const app = pagedApp(2);
    await list(app);
    app.asked.length = 0;
    expect((await list(app)).outcome).toBe('listed');
    const summary = {} as Parameters<Catalog['writeOutcome']>[1]['summary'];
    await catalog.writeOutcome(RUN, {
      status: 'COMPLETE',
      closedAt: RUN,
      reasons: [],
      failures: [],
      summary,
    });
    expect((await list(app)).outcome).toBe('closed');
    expect(app.asked).toEqual([]);
  });
});

describe('a listing that is killed', () => {
  it('at any write to the table is completed by the same event, with every community queued and listed', async () => {
    const counting = createLifeline();
    await on(counting, () => list(pagedApp(3)));
    const calls = counting.calls.length;
    expect(calls).toBeGreaterThanOrEqual(8);
    for (const mode of ['before', 'after'] as const) {
      for (let at = 0; at < calls; at++) {
        catalog = meteredCatalog(world.fresh()).catalog;
        const app = pagedApp(3);
        const queued: string[] = [];
        const killed = on(createLifeline({ at, mode }), () => list(app, { queued }));
        await expect(killed).rejects.toThrow(KilledError);
        const { outcome, run } = await list(app, { queued });
        expect(outcome).toBe('listed');
        expect(new Set(queued)).toEqual(new Set(app.pages.flat()));
        expect(await listed()).toEqual(app.pages.flat().sort());
        expect(await run()).toMatchObject({
          pages: 3,
          listedIds: 6,
          next: '0',
          enumeratedAt: expect.any(String),
        });
      }
    }
  });

  it('between queueing a page and advancing queues that page a second time and no other', async () => {
    const app = pagedApp(3);
    const queued: string[] = [];
    const counting = createLifeline();
    await on(counting, () => list(app, { queued }));
    const advance = counting.calls.indexOf(
      'UpdateItemCommand',
      counting.calls.indexOf('UpdateItemCommand') + 1,
    );
    catalog = meteredCatalog(world.fresh()).catalog;
    queued.length = 0;
    await on(createLifeline({ at: advance, mode: 'before' }), () => list(app, { queued })).catch(() => {});
    await list(app, { queued });
    const [first = [], second = [], third = []] = app.pages;
    expect(queued).toEqual([...first, ...second, ...second, ...third]);
  });

  it('while it queues a page queues that page again', async () => {
    const app = pagedApp(2);
    const failing = { fails: true };
    await expect(list(app, failing)).rejects.toThrow('queue');
    const { queued } = await list(app);
    expect(queued).toEqual(app.pages);
  });
});

describe('two deliveries of the same schedule', () => {
  it('at once list every page once between them, or twice, and never leave one out', async () => {
    const app = pagedApp(4);
    const results = await Promise.all([list(app), list(app), list(app)]);
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes).toContain('listed');
    expect(outcomes.every((outcome) => outcome === 'listed' || outcome === 'overtaken')).toBe(true);
    expect(await results[0]?.run()).toMatchObject({
      pages: 4,
      listedIds: 8,
      cursors: [...CURSORS.slice(0, 3).map(String), '0'],
    });
    expect(await listed()).toEqual(app.pages.flat().sort());
    expect(new Set(results.flatMap(({ queued }) => queued.flat()))).toEqual(new Set(app.pages.flat()));
  });
});

interface App {
  readonly pages: string[][];
  readonly asked: { limit: number; next: bigint }[];
  readonly listPage: EnumerateParts['listPage'];
}

function page(groupIds: string[], next: bigint, totalCount: number): GroupPage {
  return { groupIds, next, totalCount, requestedAt: 0 };
}

/** An app whose list has some pages of two communities each. */
function pagedApp(count: number): App {
  const pages = Array.from({ length: count }, (_, index) => [`@TGS#_${index}A`, `@TGS#_${index}B`]);
  const cursors = CURSORS.slice(0, count - 1);
  const asked: App['asked'] = [];
  return {
    pages,
    asked,
    listPage: async (request) => {
      asked.push(request);
      const index = request.next === 0n ? 0 : cursors.indexOf(request.next) + 1;
      if (index === 0 && request.next !== 0n)
        throw new Error(`the cursor ${request.next} was never given out`);
      return page(pages[index] as string[], cursors[index] ?? 0n, count * 2);
    },
  };
}

interface ListOptions {
  now?: () => number;
  deadline?: number;
  queued?: string[];
  fails?: boolean;
}

async function list(
  app: App,
  { now = Date.now, deadline = LONG, queued: all, fails = false }: ListOptions = {},
) {
  const queued: string[][] = [];
  const enqueue = async (_runId: string, groupIds: readonly string[]) => {
    if (fails) throw new Error('the queue is full');
    queued.push([...groupIds]);
    all?.push(...groupIds);
  };
  let wakings = 0;
  const wakeCloser = async () => {
    wakings += 1;
  };
  const parts = { catalog, now, enqueue, wakeCloser, listPage: app.listPage };
  const outcome = await enumerate(parts, RUN, deadline);
  return { outcome, queued, wakings, run: () => catalog.readRun(RUN) };
}

async function listed(): Promise<string[]> {
  const shards = await Promise.all(Array.from({ length: 16 }, (_, shard) => catalog.listedIn(RUN, shard)));
  return shards.flatMap((shard) => [...shard]).sort();
}
