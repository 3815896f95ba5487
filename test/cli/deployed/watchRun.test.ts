import { describe, expect, it } from '@jest/globals';
import { BEGIN_MS, LOOK_MS, LOST_MS, type Lookout, watchRun } from '../../../cli/deployed/watchRun.ts';
import { CommandError, EXIT } from '../../../cli/exit.ts';
import type { Run } from '../../../shared/catalog/run.ts';

const running = { status: 'RUNNING', listedIds: 40, totalCountMax: 100 } as Run;
const closed = { ...running, status: 'COMPLETE' } as Run;
const outOfReach = new CommandError('AWS is out of reach', EXIT.unreachable);

type Seen = Run | undefined | Error;

/** A lookout on a clock of the test's: `see` says what the ledger has at a time. */
function lookout(see: (now: number) => Seen, depth?: () => Promise<number>) {
  let time = 0;
  const progress: [number, number][] = [];
  const at: Lookout = {
    read: async () => {
      const seen = see(time);
      if (seen instanceof Error) throw seen;
      return seen;
    },
    ...(depth && { depth }),
    onProgress: (done, listed) => progress.push([done, listed]),
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  };
  return { at, progress, elapsed: () => time };
}

describe('watching a run', () => {
  it('ends with the closed run', async () => {
    const { at, elapsed } = lookout((now) => (now < 5 * LOOK_MS ? running : closed));
    expect(await watchRun(at)).toBe(closed);
    expect(elapsed()).toBe(5 * LOOK_MS);
  });

  it('goes on for as long as the run does', async () => {
    const day = 24 * 3_600_000;
    const { at, elapsed } = lookout((now) => (now < day ? running : closed));
    expect(await watchRun(at)).toBe(closed);
    expect(elapsed()).toBe(day);
  });

  it('gives up a run that has not begun after a minute, not one that begins just before', async () => {
    const never = lookout(() => undefined);
    expect(await watchRun(never.at)).toBeUndefined();
    expect(never.elapsed()).toBe(BEGIN_MS);
    const late = lookout((now) =>
      now < BEGIN_MS - LOOK_MS ? undefined : now < 2 * BEGIN_MS ? running : closed,
    );
    expect(await watchRun(late.at)).toBe(closed);
  });

  it('outlasts an outage shorter than a minute, and every one anew', async () => {
    const { at } = lookout((now) => {
      if (now >= 10 * LOST_MS) return closed;
      return now % LOST_MS === 0 ? running : outOfReach;
    });
    expect(await watchRun(at)).toBe(closed);
  });

  it('ends with an outage that lasts', async () => {
    const { at, elapsed } = lookout((now) => (now === 0 ? running : outOfReach));
    await expect(watchRun(at)).rejects.toBe(outOfReach);
    expect(elapsed()).toBe(LOST_MS);
  });

  it('ends at once with what another look would not change', async () => {
    const expired = new CommandError('the AWS credentials have expired');
    const { at, elapsed } = lookout((now) => (now < LOOK_MS ? running : expired));
    await expect(watchRun(at)).rejects.toBe(expired);
    expect(elapsed()).toBe(LOOK_MS);
  });

  it('counts what is listed and no longer queued as done', async () => {
    const depths = [40, 25, 90];
    const run = (now: number) => (now < 3 * LOOK_MS ? running : closed);
    const { at, progress } = lookout(run, async () => depths.shift() ?? 0);
    await watchRun(at);
    expect(progress).toEqual([
      [0, 100],
      [15, 100],
      [0, 100],
    ]);
  });

  it('goes on without progress where the queue may not be seen', async () => {
    const { at, progress } = lookout(
      (now) => (now < 3 * LOOK_MS ? running : closed),
      async () => Promise.reject(new CommandError('not allowed')),
    );
    expect(await watchRun(at)).toBe(closed);
    expect(progress).toEqual([]);
  });
});
