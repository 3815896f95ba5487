import { Draw } from '../../simulator/random.ts';

/** Everything that may go wrong, and how often at most: the share of the occasions on which it can. */
export const FAULTS = {
  'table throttled': 0.1,
  'table unreachable': 0.05,
  'table answer lost': 0.06,
  'table slow': 0.1,
  'read stale': 0.5,
  'batch entries sent back': 0.3,
  'send entries failed': 0.2,
  'send error': 0.05,
  'send answer lost': 0.1,
  'message twice': 0.3,
  'message late': 0.2,
  'counts stale': 0.5,
  'delete lost': 0.1,
  'crash before an effect': 0.006,
  'crash after an effect': 0.006,
  'process stalls': 0.02,
  'timer late': 0.05,
  'schedule twice': 0.3,
  'secret unreadable': 0.05,
  '10002': 0.08,
  '60008': 0.05,
  'unknown code': 0.02,
  'http 502': 0.05,
  'cut json': 0.05,
  'reset before': 0.05,
  'reset after': 0.05,
  hang: 0.03,
  'wrong types': 0.03,
  'empty answer': 0.03,
  'partial answer': 0.03,
  'element error': 0.1,
  'odd element': 0.1,
  'community 11000': 0.02,
  'community 10007': 0.02,
  'community 10010': 0.02,
  'list shortened': 0.05,
  'list short of its count': 0.05,
} as const satisfies Record<string, number>;

/**
 * What it takes for two writers to be at one community: a message that comes twice, to a process that stands still for
 * longer than its lease. One seed in seven has as much of both.
 */
const CROWDED_WRITERS = { 'message twice': 0.6, 'process stalls': 0.15 };

/** Faults that last: each covers a stretch of a night. */
export const STORMS = [
  'outage',
  '10006 storm',
  'signature refused',
  'table down',
  'table full',
  'queue down',
] as const;

export type Fault = keyof typeof FAULTS;
export type Storm = (typeof STORMS)[number];

/** How bad it is in one simulation: which faults there are at all, how often, and when the storms are. */
export interface Weather {
  strikes(fault: Fault): boolean;
  isIn(storm: Storm): boolean;
  /** @param from epoch milliseconds */
  brew(storm: Storm, from: number, until: number): void;
  /** From now on nothing goes wrong. */
  clear(): void;
  readonly calm: boolean;
  readonly counts: Readonly<Record<string, number>>;
}

export function createWeather(seed: number, now: () => number): Weather {
  const draw = new Draw(seed, 0x3ea);
  const rates = ratesOf(draw);
  const storms: { storm: Storm; from: number; until: number }[] = [];
  const counts: Record<string, number> = {};
  let calm = false;
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  return {
    strikes: (fault) => {
      const rate = rates[fault];
      if (calm || rate === 0 || !draw.chance(rate)) return false;
      count(fault);
      return true;
    },
    isIn: (storm) => {
      const at = now();
      if (calm || !storms.some((one) => one.storm === storm && one.from <= at && at < one.until))
        return false;
      count(storm);
      return true;
    },
    brew: (storm, from, until) => void storms.push({ storm, from, until }),
    clear: () => {
      calm = true;
    },
    get calm() {
      return calm;
    },
    counts,
  };
}

/**
 * One seed in eight has no fault at all; of the others each has some faults, at a rate below their most. An API that
 * lies in two ways at once could prove a deletion that never was, so that of the two lies a seed has one at most.
 */
function ratesOf(draw: Draw): Record<Fault, number> {
  const share = draw.chance(1 / 8) ? 0 : draw.pick([0.15, 0.4, 0.8]);
  const most = Object.entries(FAULTS) as [Fault, number][];
  const rates = Object.fromEntries(
    most.map(([fault, rate]) => [fault, draw.chance(share) ? draw.fraction() * rate : 0]),
  ) as Record<Fault, number>;
  rates[draw.chance(0.5) ? 'community 10010' : 'list shortened'] = 0;
  return share > 0 && draw.chance(1 / 7) ? { ...rates, ...CROWDED_WRITERS } : rates;
}
