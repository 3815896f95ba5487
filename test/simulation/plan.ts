import type { Draw } from '../../simulator/random.ts';
import { STORMS, type Storm } from './weather.ts';

/** What one seed is about: an app, a deployment and some nights. Times in milliseconds since the beginning. */
export interface Plan {
  readonly app: { readonly communities: number; readonly topicsPerCommunity: number };
  /** What one answer of the API may hold. */
  readonly limits: { readonly groupIds: number; readonly topics: number };
  readonly deployed: {
    readonly callsPerSecond: number;
    readonly maxConcurrency: number;
    readonly pageItems: number;
    /** Write units a second of the table, and of each index. */
    readonly writeUnits: number;
    /** Most invocations of all functions at once. */
    readonly accountConcurrency: number;
  };
  readonly nights: readonly Night[];
}

export interface Night {
  readonly at: number;
  /** How long after the first delivery of the schedule's event a second one comes. */
  readonly twiceAfter: number;
  readonly storms: readonly { readonly storm: Storm; readonly from: number; readonly until: number }[];
  readonly changesAt: readonly number[];
  /** When there are messages in most communities. */
  readonly talksAt: readonly number[];
  /** When there are messages in one. */
  readonly chatsAt: readonly number[];
  readonly massAt?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function drawPlan(draw: Draw): Plan {
  // One seed in forty is crowded enough to reach the API's ceiling.
  const crowded = draw.chance(1 / 40);
  // One in ten has enough topics for a deletion that the guard holds back.
  const mass = !crowded && draw.chance(0.1);
  return {
    app: crowded
      ? { communities: draw.int(250, 350), topicsPerCommunity: 0 }
      : mass
        ? { communities: 12, topicsPerCommunity: 10 }
        : { communities: draw.int(3, 12), topicsPerCommunity: draw.int(0, 6) },
    limits: {
      groupIds: crowded || draw.chance(0.6) ? 10_000 : draw.pick([2, 4, 9]),
      topics: draw.chance(0.8) ? 10_000 : draw.int(2, 6),
    },
    deployed: {
      callsPerSecond: crowded ? 195 : draw.pick([5, 20, 50, 195]),
      maxConcurrency: crowded ? 30 : draw.int(2, 6),
      pageItems: draw.chance(0.5) ? Number.POSITIVE_INFINITY : draw.int(1, 6),
      // One seed in five has a table that is too small for its night, one in five an account with hardly any functions.
      writeUnits: draw.chance(0.2) ? draw.pick([10, 30, 100]) : Number.POSITIVE_INFINITY,
      accountConcurrency: draw.chance(0.2) ? draw.int(2, 4) : Number.POSITIVE_INFINITY,
    },
    nights: drawNights(draw, crowded ? 1 : draw.int(3, 5), mass ? 0.4 : 0.03),
  };
}

/** Mostly a day apart; now and then a night begins while the last one has not ended. */
function drawNights(draw: Draw, count: number, massShare: number): Night[] {
  const nights: Night[] = [];
  let at = 5 * MINUTE;
  for (let night = 0; night < count; night++) {
    nights.push(drawNight(draw, at, massShare));
    at += draw.chance(0.65) ? 24 * HOUR : draw.int(1, 90 * MINUTE);
  }
  return nights;
}

function drawNight(draw: Draw, at: number, massShare: number): Night {
  const during = () => at + draw.int(0, draw.chance(0.6) ? 20_000 : 20 * MINUTE);
  // A run of a small app lasts some seconds: now and then its users are at it all the while.
  const busy = () => at + draw.int(1000, 9000);
  // While the list is read and queued, which is over soon.
  const early = () => at + draw.int(0, 3000);
  const between = () => at - draw.int(0, 4 * MINUTE);
  const times = <T>(most: number, make: () => T) => Array.from({ length: draw.int(0, most) }, make);
  return {
    at,
    twiceAfter: draw.chance(0.5) ? draw.int(0, 3000) : draw.int(0, 30 * MINUTE),
    storms: draw.chance(0.25) ? times(2, () => drawStorm(draw, draw.chance(0.5) ? early() : during())) : [],
    changesAt: [...times(6, between), ...times(4, during), ...(draw.chance(0.3) ? times(25, busy) : [])],
    talksAt: [...(draw.chance(0.9) ? [between()] : []), ...(draw.chance(0.5) ? times(3, busy) : [])],
    chatsAt: draw.chance(0.5) ? times(30, busy) : [],
    ...(draw.chance(massShare) && { massAt: between() }),
  };
}

function drawStorm(draw: Draw, from: number): Night['storms'][number] {
  const lasts = draw.chance(0.8) ? draw.int(500, 2 * MINUTE) : draw.int(MINUTE, HOUR);
  return { storm: draw.pick([...STORMS]), from, until: from + lasts };
}
