/** One thing to measure. */
export interface Cell {
  readonly consumers: number;
  readonly latency: LatencyName;
  /** Whether one call in a hundred is held up on its way. */
  readonly stalls: boolean;
  /** Who paces the calls: the mirror, or each consumer by itself at its static share. */
  readonly pacing: 'mirror' | 'static share';
}

export const LATENCIES = {
  '20': { medianMs: 20, sigma: 0.1 },
  '60': { medianMs: 60, sigma: 0.1 },
  '120': { medianMs: 120, sigma: 0.1 },
  '400': { medianMs: 400, sigma: 0.1 },
  /** One answer in a hundred takes more than 770 ms. */
  heavy: { medianMs: 120, sigma: 0.8 },
} as const;

export type LatencyName = keyof typeof LATENCIES;

export const LATENCY_NAMES = Object.keys(LATENCIES) as LatencyName[];

export const STALLS = ['yes', 'no', 'both'] as const;

export interface Choice {
  readonly consumers: readonly number[];
  readonly latency: readonly LatencyName[];
  readonly stalls: (typeof STALLS)[number];
  /** Only the cells that tell most. */
  readonly quick?: boolean;
  /** The static share beside every cell, not beside a few. */
  readonly peer?: boolean;
}

/** A cell with a hard one for each thing that may go wrong: few callers, slow answers, uneven ones, many callers. */
const QUICK: readonly Omit<Cell, 'pacing'>[] = [
  { consumers: 2, latency: '20', stalls: false },
  { consumers: 2, latency: '400', stalls: true },
  { consumers: 5, latency: '120', stalls: false },
  { consumers: 5, latency: 'heavy', stalls: true },
  { consumers: 10, latency: '60', stalls: false },
  { consumers: 10, latency: '120', stalls: true },
];

/** The cells to measure, in order, each with the static share after it where that is to be compared. */
export function cellsOf(choice: Choice): Cell[] {
  return (choice.quick ? QUICK : combinations(choice)).flatMap((cell): Cell[] => {
    const compared = choice.peer || (cell.latency === '120' && cell.consumers >= 5);
    return [
      { ...cell, pacing: 'mirror' },
      ...(compared ? [{ ...cell, pacing: 'static share' } as const] : []),
    ];
  });
}

function combinations({ consumers, latency, stalls }: Choice): Omit<Cell, 'pacing'>[] {
  const withStalls = stalls === 'both' ? [false, true] : [stalls === 'yes'];
  return consumers.flatMap((count) =>
    latency.flatMap((name) => withStalls.map((on) => ({ consumers: count, latency: name, stalls: on }))),
  );
}
