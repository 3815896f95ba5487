import { describe, expect, it } from '@jest/globals';
import type { Run } from '../../../shared/catalog/run.ts';
import {
  advanceRun,
  chargeRun,
  haltRun,
  markTombstonesAsked,
  markUnlistedAsked,
  noteVerdict,
  openRun,
  writeOutcome,
} from '../../../shared/catalog/runProgress.ts';
import { mirroredApps, readRun, runsOf } from '../../../shared/catalog/runs.ts';
import { at, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { withLostAnswers } from '../../support/lostAnswers.ts';
import { OPENED, outcomeOf, useLedgers } from './openedRun.ts';

const { table, openedRun, read } = useLedgers();
const page = { next: '18446744073709551615', limit: 10_000, groupIds: 10_000, totalCount: 20_000 };

describe('opening a run', () => {
  it('writes its ledger entry', async () => {
    const { app, run } = await openedRun();
    expect(run).toMatchObject({ ...OPENED, status: 'RUNNING', pages: 0, next: '0', cursors: [] });
    expect(await read(app)).toEqual(run);
  });

  it('twice is one run, and the second finds how far the first is', async () => {
    const { app, run } = await openedRun();
    const advanced = await advanceRun(table.store, app, run, page);
    const again = await openRun(table.store, app, { ...OPENED, startedAt: at(99), limit: 1 });
    expect(again).toEqual({ ...advanced, listingAt: at(99) });
    expect(await collect(runsOf(table.store, app))).toHaveLength(1);
  });

  it('at once from two deliveries is one run', async () => {
    const app = table.freshApp();
    const [one, two] = await Promise.all(
      [1, 2].map((second) => openRun(table.store, app, { ...OPENED, startedAt: at(second) })),
    );
    expect({ ...one, listingAt: at(1) }).toEqual({ ...two, listingAt: at(1) });
  });

  it('notes that the app is mirrored', async () => {
    const { app } = await openedRun();
    expect(await collect(mirroredApps(table.store))).toContain(app);
  });

  it('is seen as none before', async () => {
    expect(await readRun(table.store, table.freshApp(), RUN_ID)).toBeUndefined();
  });
});

describe('advancing a run', () => {
  it('notes the page, the next cursor to its last digit and the counts', async () => {
    const { app, run } = await openedRun();
    const second = await advanceRun(table.store, app, run, page);
    const last = { next: '0', limit: 5000, groupIds: 4000, totalCount: 19_000, enumeratedAt: at(9) };
    const done = await advanceRun(table.store, app, second as Run, last);
    expect(done).toMatchObject({
      pages: 2,
      next: '0',
      limit: 5000,
      cursors: ['18446744073709551615', '0'],
      listedIds: 14_000,
      totalCountMin: 19_000,
      totalCountMax: 20_000,
      enumeratedAt: at(9),
    });
    expect(await read(app)).toEqual(done);
  });

  it('notes why the enumeration cannot be trusted', async () => {
    const { app, run } = await openedRun();
    await advanceRun(table.store, app, run, { ...page, enumeratedAt: at(9), enumerationProblem: 'twice' });
    expect(await read(app)).toMatchObject({ enumerationProblem: 'twice' });
  });

  it('is won by one of two deliveries that queued the same page', async () => {
    const { app, run } = await openedRun();
    const both = await Promise.all([
      advanceRun(table.store, app, run, page),
      advanceRun(table.store, app, run, page),
    ]);
    expect(both.filter((advanced) => advanced === undefined)).toHaveLength(1);
    expect(await read(app)).toMatchObject({ pages: 1, listedIds: 10_000 });
  });

  it('is not lost to itself when its answer was lost on the way', async () => {
    const { app, run } = await openedRun();
    const advanced = await advanceRun(withLostAnswers(table.store), app, run, page);
    expect(advanced).toMatchObject({ pages: 1, listedIds: 10_000 });
    expect(await read(app)).toEqual(advanced);
  });

  it('is refused once the run is closed', async () => {
    const { app, run } = await openedRun();
    await writeOutcome(table.store, app, RUN_ID, outcomeOf(run));
    expect(await advanceRun(table.store, app, run, page)).toBeUndefined();
  });

  it('leaves alone what others noted meanwhile', async () => {
    const { app, run } = await openedRun();
    await haltRun(table.store, app, RUN_ID, { code: 70013, message: 'wrong key' });
    await chargeRun(table.store, app, RUN_ID, {
      listCalls: 2,
      retries: 1,
      rateLimited: 1,
      writeUnits: 17,
      readUnits: 0.5,
    });
    await advanceRun(table.store, app, run, page);
    expect(await read(app)).toMatchObject({
      pages: 1,
      haltedBy: { code: 70013, message: 'wrong key' },
      ...{ listCalls: 2, retries: 1, rateLimited: 1, writeUnits: 18, readUnits: 0.5 },
    });
  });
});

describe('charging a run', () => {
  it('adds up, from whoever charges, and counts its own write', async () => {
    const { app } = await openedRun();
    await Promise.all(
      Array.from({ length: 5 }, () =>
        chargeRun(table.store, app, RUN_ID, { listCalls: 1, retries: 2, writeUnits: 3, readUnits: 0.5 }),
      ),
    );
    expect(await read(app)).toMatchObject({
      listCalls: 5,
      retries: 10,
      rateLimited: 0,
      writeUnits: 20,
      readUnits: 2.5,
    });
  });

  it('makes no ledger entry of a run that was never opened', async () => {
    const app = table.freshApp();
    await chargeRun(table.store, app, RUN_ID, { writeUnits: 1, readUnits: 0 });
    expect(await readRun(table.store, app, RUN_ID)).toBeUndefined();
  });
});

describe('halting a run', () => {
  it('keeps the first reason', async () => {
    const { app } = await openedRun();
    expect(await haltRun(table.store, app, RUN_ID, { code: 70013, message: 'wrong key' })).toBe(true);
    expect(await haltRun(table.store, app, RUN_ID, { message: 'another' })).toBe(false);
    expect(await read(app)).toMatchObject({
      haltedBy: { code: 70013, message: 'wrong key' },
      status: 'RUNNING',
    });
  });

  it('is refused once the run is closed, or when there is none', async () => {
    const { app, run } = await openedRun();
    await writeOutcome(table.store, app, RUN_ID, outcomeOf(run));
    expect(await haltRun(table.store, app, RUN_ID, { message: 'late' })).toBe(false);
    expect(await haltRun(table.store, app, LATER_RUN_ID, { message: 'none' })).toBe(false);
  });
});

describe('a run’s outcome', () => {
  it('is written once, and read as it was written', async () => {
    const { app, run } = await openedRun();
    const outcome = outcomeOf(run);
    expect(await writeOutcome(table.store, app, RUN_ID, outcome)).toBe(true);
    expect(await writeOutcome(table.store, app, RUN_ID, { ...outcome, status: 'INCOMPLETE' })).toBe(false);
    expect(await read(app)).toEqual({ ...run, ...outcome });
  });

  it('stands beside when unlisted communities were asked for, which is noted while the run is open', async () => {
    const { app, run } = await openedRun();
    expect(await markUnlistedAsked(table.store, app, RUN_ID, at(50))).toBe(true);
    await writeOutcome(table.store, app, RUN_ID, outcomeOf(run));
    expect(await markUnlistedAsked(table.store, app, RUN_ID, at(60))).toBe(false);
    expect(await read(app)).toMatchObject({ unlistedAskedAt: at(50), status: 'COMPLETE' });
  });
});

describe('a run’s verdict', () => {
  const verdict = { judgedAt: at(50), reasons: ['51 confirmed deletions are held: more than 50 in one run'] };

  it('is noted once, while the run is open', async () => {
    const { app, run } = await openedRun();
    expect(await noteVerdict(table.store, app, RUN_ID, verdict)).toBe(true);
    expect(await noteVerdict(table.store, app, RUN_ID, { judgedAt: at(60), reasons: [] })).toBe(false);
    expect(await markTombstonesAsked(table.store, app, RUN_ID, at(70))).toBe(true);
    await writeOutcome(table.store, app, RUN_ID, outcomeOf(run));
    expect(await markTombstonesAsked(table.store, app, RUN_ID, at(80))).toBe(false);
    expect(await read(app)).toMatchObject({ verdict, tombstonesAskedAt: at(70) });
  });
});
