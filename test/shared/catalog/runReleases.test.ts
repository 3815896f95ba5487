import { describe, expect, it } from '@jest/globals';
import { holdsDeletions, type Run } from '../../../shared/catalog/run.ts';
import {
  haltRun,
  markTombstonesAsked,
  noteVerdict,
  writeOutcome,
} from '../../../shared/catalog/runProgress.ts';
import { releaseRun, reopenRun, trustList } from '../../../shared/catalog/runReleases.ts';
import { readRun } from '../../../shared/catalog/runs.ts';
import { at, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { withLostAnswers } from '../../support/lostAnswers.ts';
import { outcomeOf, useLedgers } from './openedRun.ts';

const { table, openedRun, read } = useLedgers();

describe('a run’s verdict', () => {
  const verdict = { judgedAt: at(50), reasons: ['51 confirmed deletions are held: more than 50 in one run'] };
  const held = (run: Run) => ({ ...outcomeOf(run), status: 'HELD', reasons: verdict.reasons }) as const;

  it('is released once, and opens the run again with what it had', async () => {
    const { app, run } = await openedRun();
    await noteVerdict(table.store, app, RUN_ID, verdict);
    expect(await releaseRun(table.store, app, RUN_ID, at(100))).toBe(false);
    await writeOutcome(table.store, app, RUN_ID, held(run));
    expect(holdsDeletions(await read(app))).toBe(true);
    expect(await releaseRun(table.store, app, RUN_ID, at(200))).toBe(true);
    expect(await releaseRun(table.store, app, RUN_ID, at(201))).toBe(false);
    const released = await read(app);
    expect(released).toMatchObject({ status: 'RUNNING', approvedAt: at(200), closedAt: at(100), verdict });
    await writeOutcome(table.store, app, RUN_ID, outcomeOf(run));
    expect(await releaseRun(table.store, app, RUN_ID, at(300))).toBe(false);
    expect(holdsDeletions(await read(app))).toBe(false);
  });

  it('is released although the first answer to its release was lost', async () => {
    const { app, run } = await openedRun();
    await noteVerdict(table.store, app, RUN_ID, verdict);
    await writeOutcome(table.store, app, RUN_ID, held(run));
    expect(await releaseRun(withLostAnswers(table.store), app, RUN_ID, at(200))).toBe(true);
    expect(await read(app)).toMatchObject({ status: 'RUNNING', approvedAt: at(200) });
  });

  it('that holds nothing cannot be released, nor a run that has none', async () => {
    const { app, run } = await openedRun();
    await noteVerdict(table.store, app, RUN_ID, { ...verdict, reasons: [] });
    await writeOutcome(table.store, app, RUN_ID, { ...outcomeOf(run), status: 'INCOMPLETE' });
    expect(await releaseRun(table.store, app, RUN_ID, at(200))).toBe(false);
    expect(await releaseRun(table.store, app, LATER_RUN_ID, at(200))).toBe(false);
    expect(await readRun(table.store, app, LATER_RUN_ID)).toBeUndefined();
  });
});

describe('opening a closed run again', () => {
  async function closedRun(status: 'INCOMPLETE' | 'HELD' | 'COMPLETE') {
    const { app, run } = await openedRun();
    await haltRun(table.store, app, RUN_ID, { message: 'the key is wrong' });
    await noteVerdict(table.store, app, RUN_ID, { judgedAt: at(5), reasons: [] });
    await markTombstonesAsked(table.store, app, RUN_ID, at(6));
    await writeOutcome(table.store, app, RUN_ID, { ...outcomeOf(run), status, closedAt: at(9) });
    return app;
  }

  it('forgets what ended it and how its deletions were judged, and keeps the rest', async () => {
    const app = await closedRun('INCOMPLETE');
    expect(await reopenRun(table.store, app, RUN_ID, at(99))).toBe(true);
    const run = await read(app);
    expect(run).toMatchObject({ status: 'RUNNING', reopenedAt: at(99), startedAt: at(1), closedAt: at(9) });
    expect([run.haltedBy, run.verdict, run.tombstonesAskedAt]).toEqual([undefined, undefined, undefined]);
    expect(await reopenRun(table.store, app, RUN_ID, at(100))).toBe(false);
  });

  it('is no failure when the first answer was lost', async () => {
    const app = await closedRun('INCOMPLETE');
    expect(await reopenRun(withLostAnswers(table.store), app, RUN_ID, at(99))).toBe(true);
  });

  it('to trust its list is no failure when the first answer was lost', async () => {
    const { app, run } = await openedRun();
    await writeOutcome(table.store, app, RUN_ID, {
      ...outcomeOf(run),
      ...{ status: 'INCOMPLETE', shrunkBy: 60 },
    });
    expect(await trustList(withLostAnswers(table.store), app, RUN_ID, at(99))).toBe(true);
    expect(await trustList(table.store, app, RUN_ID, at(100))).toBe(false);
  });

  it.each(['HELD', 'COMPLETE'] as const)('is refused when it is %s', async (status) => {
    const app = await closedRun(status);
    expect(await reopenRun(table.store, app, RUN_ID, at(99))).toBe(false);
    expect(await read(app)).toMatchObject({ status, haltedBy: { message: 'the key is wrong' } });
  });
});
