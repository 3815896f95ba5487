import { describe, expect, it } from '@jest/globals';
import { createWritePace } from '../../../shared/catalog/writePace.ts';

/** Batches of each process that wait for their turn or are ready: there is always more to be written. */
const READY = 8;

/** Processes that write batches to one table, which takes so many writes a second and keeps no room for later. */
function share(processes: number, takes: (second: number) => number, seconds: number) {
  let now = 0;
  const paces = Array.from({ length: processes }, () => createWritePace(() => now));
  const turns = paces.map((pace) => Array.from({ length: READY }, () => pace.turn(25)));
  const perSecond = Array.from({ length: seconds }, () => ({ taken: 0, sentBack: 0 }));
  let room = 0;
  for (; now < seconds * 1000; now += 1) {
    const second = perSecond[Math.floor(now / 1000)] as (typeof perSecond)[number];
    // What a tenth of a second leaves unused is lost.
    const most = takes(Math.floor(now / 1000));
    room = Math.min(room + most / 1000, most / 10);
    for (let nth = 0; nth < processes; nth++) {
      // Whoever is first has the better place: it is somebody else each time.
      const of = (nth + now) % processes;
      const [pace, due] = [paces[of], turns[of]] as [(typeof paces)[number], number[]];
      const ready = due.filter((at) => at <= now).length;
      for (let batch = 0; batch < ready; batch++) {
        due.shift();
        const taken = Math.min(25, Math.floor(room));
        room -= taken;
        pace.answered(taken, 25 - taken);
        due.push(now + 1 + pace.turn(25));
        second.taken += taken;
        second.sentBack += 25 - taken;
      }
    }
  }
  return perSecond;
}

describe('the pace of writes', () => {
  it('is none as long as the table takes whatever comes', () => {
    let now = 0;
    const pace = createWritePace(() => now);
    for (; now < 60_000; now += 10) {
      expect(pace.turn(1000)).toBe(0);
      pace.answered(1000, 0);
    }
  });

  it('is a little above what the table takes, so that little comes back and nothing is left unused', () => {
    for (const processes of [1, 10]) {
      const settled = share(processes, () => 4000, 40).slice(5);
      const taken = settled.reduce((sum, second) => sum + second.taken, 0);
      const sentBack = settled.reduce((sum, second) => sum + second.sentBack, 0);
      expect(taken / settled.length).toBeGreaterThan(0.95 * 4000);
      expect(sentBack).toBeLessThan(0.35 * taken);
    }
  });

  it('follows a table that takes less, and one that takes more again', () => {
    const seconds = share(4, (second) => (second >= 20 && second < 40 ? 1000 : 4000), 90);
    const offered = ({ taken, sentBack }: (typeof seconds)[number]) => taken + sentBack;
    expect(offered(seconds[25] as (typeof seconds)[number])).toBeLessThan(1500);
    expect(seconds[80]?.taken).toBeGreaterThan(3800);
  });

  it('is not lowered by a few writes that one busy partition sends back', () => {
    let now = 0;
    const pace = createWritePace(() => now);
    for (; now < 10_000; now += 10) {
      expect(pace.turn(25)).toBe(0);
      pace.answered(24, 1);
    }
  });

  it('still tries a table that takes nothing, with a batch a second', () => {
    let now = 0;
    const pace = createWritePace(() => now);
    for (let nth = 0; nth < 10; nth++) {
      now += 1000;
      expect(pace.turn(25)).toBe(0);
      pace.answered(0, 25);
    }
  });

  it('is none again half a minute after the table has sent too much back', () => {
    let now = 0;
    const pace = createWritePace(() => now);
    pace.answered(10, 90);
    now = 1000;
    pace.turn(25);
    expect(pace.turn(25)).toBeGreaterThan(0);
    for (now = 2000; now <= 32_000; now += 1000) pace.answered(20, 0);
    expect([pace.turn(10_000), pace.turn(10_000)]).toEqual([0, 0]);
  });
});
