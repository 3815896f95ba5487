import { describe, expect, it } from '@jest/globals';
import { statusLine, statusLines } from '../../../cli/status/lines.ts';
import type { Look } from '../../../cli/status/look.ts';
import { statusOf } from '../../../cli/status/statusOf.ts';
import type { Run } from '../../../shared/catalog/run.ts';

const STARTED = '2026-11-22T02:00:00.000Z';
const AT = Date.parse(STARTED) + 60_000;

const run = {
  ...{ runId: STARTED, status: 'RUNNING', startedAt: STARTED, listingAt: STARTED, pages: 2 },
  ...{ listedIds: 10_000, totalCountMin: 10_000, totalCountMax: 10_000, enumeratedAt: STARTED },
} as unknown as Run;

const look: Look = {
  ...{ at: AT, run, depth: 4_000, deadLetters: 0, slotsLeased: 195, callsPerSecond: 195 },
  ...{ failing: { communities: 2, errors: { 10007: 2 } }, isAttended: true, readUnits: 1.5 },
};

const withRun = (more: Partial<Run>, others: Partial<Look> = {}) =>
  statusOf({ ...look, run: { ...run, ...more }, ...others });

describe('the status of a run that is under way', () => {
  it('tells what is done, at what rate, and what is left by it', () => {
    expect(statusOf(look)).toEqual({
      ...{
        at: '2026-11-22T02:01:00.000Z',
        phase: 'syncing',
        runId: STARTED,
        status: 'RUNNING',
        startedAt: STARTED,
      },
      elapsedMs: 60_000,
      communities: { listed: 10_000, total: 10_000, done: 6_000, open: 4_000, failed: 2 },
      rate: { overall: 100, slotsLeased: 195, budget: 195 },
      ...{ errors: { 10007: 2 }, deadLetters: 0, leftSeconds: 40 },
      waitsFor: 'the communities in the queue',
      readUnits: 1.5,
    });
  });

  it('goes by the rate of the last looks, where there are some', () => {
    const marks = [{ at: AT - 10_000, runId: STARTED, done: 4_000 }];
    expect(statusOf(look, marks)).toMatchObject({ rate: { perSecond: 200, overall: 100 }, leftSeconds: 20 });
  });

  it.each([
    ['another run’s looks', [{ at: AT - 10_000, runId: 'another', done: 0 }]],
    ['looks of a moment ago', [{ at: AT - 1_000, runId: STARTED, done: 5_000 }]],
  ])('takes no rate from %s', (_what, marks) => {
    expect(statusOf(look, marks).rate).not.toHaveProperty('perSecond');
  });

  it.each<[string, Partial<Run>, Partial<Look>]>([
    [
      'was begun anew: what was done before is not this time’s',
      { listingAt: '2026-11-22T02:00:59.000Z' },
      {},
    ],
    ['is some seconds old', {}, { at: Date.parse(STARTED) + 3_000 }],
    ['stands still', {}, { depth: 10_000 }],
    ['has a queue that these credentials may not see', {}, { depth: undefined }],
    ['carries out deletions', { tombstonesAskedAt: STARTED }, {}],
  ])('does not say what is left of a run that %s', (_what, more, others) => {
    expect(withRun(more, others)).not.toHaveProperty('leftSeconds');
  });

  it.each<[string, Partial<Run>, Partial<Look>, RegExp]>([
    ['listing', { enumeratedAt: undefined as never }, {}, /one page a second; 2 pages are read/],
    ['asking-unlisted', { unlistedAskedAt: STARTED }, {}, /4000 communities that the list did not name/],
    ['deleting', { tombstonesAskedAt: STARTED }, { depth: 3 }, /confirmed deletions in 3 communities/],
    ['closing', {}, { depth: 0 }, /close-run, which looks at least once a minute$/],
    ['closing', {}, { depth: 0, deadLetters: 2 }, /dead letters: see redrive/],
    ['halted', { haltedBy: { message: 'wrong key' } }, {}, /wrong key/],
    ['interrupted', {}, { isAttended: false }, /a sync, which goes on with it/],
  ])('says what it waits for while it is %s', (phase, more, others, waitsFor) => {
    expect(withRun(more, others)).toMatchObject({ phase, waitsFor: expect.stringMatching(waitsFor) });
  });
});

describe('the status of a mirror that is idle', () => {
  it('is the outcome of the last run, and when the next begins', () => {
    const closed = withRun({ status: 'HELD', closedAt: STARTED, reasons: ['612 are held'] } as Partial<Run>, {
      nextAt: '2026-11-23T02:00:00.000Z',
    });
    expect(closed).toMatchObject({
      ...{ phase: 'closed', status: 'HELD', reasons: ['612 are held'], nextAt: '2026-11-23T02:00:00.000Z' },
    });
    expect(closed).not.toHaveProperty('rate');
  });

  it('before the first run says that there was none', () => {
    expect(statusOf({ ...look, run: undefined })).toMatchObject({ phase: 'none' });
    expect(statusLines(statusOf({ ...look, run: undefined }))).toEqual(['no run yet']);
  });
});

describe('a status as text', () => {
  it('is some lines for a person', () => {
    expect(statusLines(statusOf({ ...look, deadLetters: 1 }))).toEqual([
      `run ${STARTED}: syncing, 1 min 0 s so far`,
      '  communities  6000 of 10000 done, 4000 open, 2 failed',
      '  rate         100/s in all, 195 of 195 calls a second leased (100 %)',
      '  errors       10007 × 2',
      '  dead letters 1',
      '  left         about 40 s',
      '  waits for    the communities in the queue',
    ]);
  });

  it('is one line for a pipe', () => {
    expect(statusLine(statusOf(look))).toBe(
      `2026-11-22T02:01:00.000Z run ${STARTED}: syncing, 6000 of 10000 done, 100/s, 2 failed, 0 dead letters, about 40 s left`,
    );
  });
});
