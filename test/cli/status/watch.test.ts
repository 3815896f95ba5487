import { describe, expect, it } from '@jest/globals';
import type { Look } from '../../../cli/status/look.ts';
import { watchStatus } from '../../../cli/status/watch.ts';
import type { Run } from '../../../shared/catalog/run.ts';

const STARTED = '2026-11-22T02:00:00.000Z';

/** A look a second, at a run that has a status, or nothing new. */
function looksAt(...statuses: readonly (Run['status'] | 'unattended' | undefined)[]) {
  let at = Date.parse(STARTED);
  let nth = 0;
  const look = async (): Promise<Look | undefined> => {
    if (nth >= statuses.length) throw new Error('looked on');
    const status = statuses[nth++];
    if (status === undefined) return undefined;
    const isAttended = status !== 'unattended';
    const run = {
      runId: STARTED,
      status: isAttended ? status : 'RUNNING',
      startedAt: STARTED,
      listedIds: 10,
    };
    return {
      ...{ at, run: run as unknown as Run, depth: 5, deadLetters: 0, slotsLeased: 1, callsPerSecond: 195 },
      ...{ failing: { communities: 0, errors: {} }, isAttended, readUnits: 1 },
    };
  };
  const sleep = async (ms: number) => {
    at += ms;
  };
  return Array.fromAsync(watchStatus({ look, sleep }), ({ phase, status }) => [phase, status]);
}

describe('a watch', () => {
  it('ends with the run that is under way', async () => {
    expect(await looksAt('RUNNING', 'RUNNING', 'COMPLETE')).toEqual([
      ['listing', 'RUNNING'],
      ['listing', 'RUNNING'],
      ['closed', 'COMPLETE'],
    ]);
  });

  it('of an idle mirror says so once, and ends with the next run', async () => {
    expect(await looksAt('COMPLETE', undefined, 'COMPLETE', 'RUNNING', 'INCOMPLETE')).toEqual([
      ['closed', 'COMPLETE'],
      ['listing', 'RUNNING'],
      ['closed', 'INCOMPLETE'],
    ]);
  });

  it('of a run whose process has died waits until one goes on with it', async () => {
    expect(await looksAt('unattended', undefined, 'RUNNING', 'COMPLETE')).toEqual([
      ['interrupted', 'RUNNING'],
      ['listing', 'RUNNING'],
      ['closed', 'COMPLETE'],
    ]);
  });

  it('ends when the process that it watched dies', async () => {
    expect(await looksAt('RUNNING', 'unattended')).toEqual([
      ['listing', 'RUNNING'],
      ['interrupted', 'RUNNING'],
    ]);
  });
});
