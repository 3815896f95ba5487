import { describe, expect, it } from '@jest/globals';
import { createWritePace, type WritePace } from '../../../shared/catalog/writePace.ts';
import { createVirtualClock } from '../../support/virtualClock.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

/** Batches of each process that wait for their turn: there is always more to be written. */
const READY = 8;

/** Processes that write batches to one table, which takes so many writes a second and keeps hardly any room for later. */
async function share(processes: number, takes: (second: number) => number, seconds: number) {
  const clock = createVirtualClock({ startAt: 0 });
  const perSecond = Array.from({ length: seconds }, () => ({ taken: 0, sentBack: 0 }));
  const secondAt = () => perSecond[Math.floor(clock.now() / 1000)];
  let room = 0;
  let filledAt = 0;
  const fill = () => {
    const most = takes(Math.floor(clock.now() / 1000));
    // What a tenth of a second leaves unused is lost.
    room = Math.min(room + ((clock.now() - filledAt) * most) / 1000, most / 10);
    filledAt = clock.now();
  };
  const writer = async (pace: WritePace) => {
    for (let second = secondAt(); second; second = secondAt()) {
      await pace.turn(25, FOR_EVER);
      await clock.sleep(5);
      fill();
      const taken = Math.min(25, Math.floor(room));
      room -= taken;
      pace.answered(taken, 25 - taken);
      second.taken += taken;
      second.sentBack += 25 - taken;
    }
  };
  for (let nth = 0; nth < processes; nth++) {
    const pace = createWritePace(clock);
    for (let batch = 0; batch < READY; batch++) void writer(pace);
  }
  await clock.runUntil(seconds * 1000);
  return perSecond;
}

/** A clock that the test sets; whoever waits on it finds the time passed. */
function handClock() {
  const clock = {
    time: 0,
    waited: 0,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.time += ms;
      clock.waited += ms;
    },
  };
  return clock;
}

describe('the pace of writes', () => {
  it('is none as long as the table takes whatever comes', async () => {
    const clock = handClock();
    const pace = createWritePace(clock);
    for (; clock.time < 60_000; clock.time += 100) {
      await pace.turn(1000, FOR_EVER);
      pace.answered(1000, 0);
    }
    expect(clock.waited).toBe(0);
  });

  it.each([1, 10])(
    'of %i processes together is a little above what the table takes: little comes back, and little is left unused',
    async (processes) => {
      const settled = (await share(processes, () => 4000, 40)).slice(5);
      const taken = settled.reduce((sum, second) => sum + second.taken, 0);
      const sentBack = settled.reduce((sum, second) => sum + second.sentBack, 0);
      expect(taken / settled.length).toBeGreaterThan(0.95 * 4000);
      expect(sentBack).toBeLessThan(0.35 * taken);
    },
  );

  it('follows a table that takes less, and one that takes more again', async () => {
    const seconds = await share(4, (second) => (second >= 20 && second < 40 ? 1000 : 4000), 90);
    const [tight, wide] = [seconds[25], seconds[80]] as [(typeof seconds)[number], (typeof seconds)[number]];
    expect(tight.taken + tight.sentBack).toBeLessThan(1600);
    expect(wide.taken).toBeGreaterThan(3800);
  });

  it('is not lowered by a few writes that one busy partition sends back', async () => {
    const clock = handClock();
    const pace = createWritePace(clock);
    for (; clock.time < 10_000; clock.time += 10) {
      await pace.turn(25, FOR_EVER);
      pace.answered(24, 1);
    }
    expect(clock.waited).toBe(0);
  });

  it('still tries a table that takes nothing, with a batch a second', async () => {
    const clock = handClock();
    const pace = createWritePace(clock);
    pace.answered(0, 25);
    clock.time = 1000;
    for (let nth = 0; nth < 10; nth++) {
      await pace.turn(25, FOR_EVER);
      pace.answered(0, 25);
    }
    expect(clock.waited).toBe(9000);
  });

  it('keeps nobody beyond the time that he has', async () => {
    const clock = handClock();
    const pace = createWritePace(clock);
    pace.answered(0, 25);
    clock.time = 1000;
    await Promise.all(Array.from({ length: 50 }, () => pace.turn(25, 4000)));
    expect(clock.time).toBe(4000);
  });

  it('is none again half a minute after the table has sent too much back', async () => {
    const clock = handClock();
    const pace = createWritePace(clock);
    pace.answered(10, 90);
    clock.time = 1000;
    await pace.turn(25, FOR_EVER);
    await pace.turn(25, FOR_EVER);
    expect(clock.waited).toBeGreaterThan(0);
    for (clock.time = 3000; clock.time <= 33_000; clock.time += 1000) pace.answered(20, 0);
    clock.waited = 0;
    await pace.turn(10_000, FOR_EVER);
    await pace.turn(10_000, FOR_EVER);
    expect(clock.waited).toBe(0);
  });
});
