import { DEFAULT_CALLS_PER_SECOND } from '../../shared/config.ts';
import type { Goal } from '../goals.ts';
import { median, type ResultRow, round } from '../results.ts';
import type { Pace, Pass } from './pass.ts';

export const NIGHTS = ['first', 'quiet', 'messages'] as const;

export type Night = (typeof NIGHTS)[number];

/** A night of one checkout with one app, as often as it was run. */
export interface Measured {
  readonly by: string;
  readonly pace: Pace;
  readonly communities: number;
  readonly topicsPerCommunity: number;
  readonly night: Night;
  readonly passes: readonly Pass[];
  /** What the simulator saw; it judges in its strict rolling second. */
  readonly worstSecond: number;
  readonly refused: number;
}

/** A row a night, medians of its rounds. */
export function rowsOf(all: readonly Measured[]): ResultRow[] {
  return all.map((one) => ({
    by: one.by,
    'calls paced by': one.pace === 'budget' ? `${DEFAULT_CALLS_PER_SECOND} a second` : 'nothing',
    communities: one.communities,
    topics: medianOf(one, 'topics'),
    night: one.night,
    s: round(medianOf(one, 'seconds'), 1),
    'of each round': one.passes.map(({ seconds }) => round(seconds, 1)).join(' '),
    'CPU s': round(medianOf(one, 'cpuSeconds'), 1),
    '÷ floor': one.pace === 'budget' ? round(timesFloor(one), 2) : '',
    '÷ quiet': round(timesQuiet(one, all), 2) || '',
    'peak MB': medianOf(one, 'peakMegabytes'),
    'worst rolling second': one.pace === 'budget' ? one.worstSecond : '',
    refused: one.pace === 'budget' ? one.refused : '',
    'write units': one.pace === 'budget' ? medianOf(one, 'writeUnits') : '',
  }));
}

/** What is asked of the nights that were measured: of this checkout, and of apps of the sizes that are named. */
export function goalsOf(all: readonly Measured[], by: string): Goal[] {
  const mine = all.filter((one) => one.by === by && one.topicsPerCommunity === 22);
  const paced = mine.filter(({ pace, communities }) => pace === 'budget' && communities === 3000);
  const unpaced = mine.filter(({ pace, communities }) => pace === 'none' && communities === 2000);
  return [
    ...goal(paced, 'first', 'first night at the budget, ÷ floor', timesFloor, 2),
    ...goal(unpaced, 'first', 'first night without a limit, s', (one) => medianOf(one, 'seconds'), 15),
    ...goal(unpaced, 'first', 'its CPU s', (one) => medianOf(one, 'cpuSeconds'), 25),
    ...goal(unpaced, 'quiet', 'quiet night without a limit, s', (one) => medianOf(one, 'seconds'), 6),
    ...goal(unpaced, 'quiet', 'its CPU s', (one) => medianOf(one, 'cpuSeconds'), 8),
    ...goal(unpaced, 'messages', 'messages in half, ÷ quiet', (one) => timesQuiet(one, unpaced), 1.3),
  ];
}

function goal(
  all: readonly Measured[],
  night: Night,
  what: string,
  of: (one: Measured) => number,
  most: number,
): Goal[] {
  const one = all.find((measured) => measured.night === night);
  const measured = one === undefined ? Number.NaN : of(one);
  return Number.isNaN(measured) ? [] : [{ what, measured, most }];
}

function timesFloor(one: Measured): number {
  return (medianOf(one, 'seconds') * DEFAULT_CALLS_PER_SECOND) / one.communities;
}

/** Not a number without a quiet night of the same checkout and app. */
function timesQuiet(one: Measured, all: readonly Measured[]): number {
  const { by, pace, communities } = one;
  const quiet = all.find(
    (other) =>
      other.night === 'quiet' && other.by === by && other.pace === pace && other.communities === communities,
  );
  return quiet ? medianOf(one, 'seconds') / medianOf(quiet, 'seconds') : Number.NaN;
}

type Figure = 'seconds' | 'cpuSeconds' | 'peakMegabytes' | 'topics' | 'writeUnits';

function medianOf({ passes }: Measured, figure: Figure): number {
  return median(passes.map((pass) => pass[figure] ?? Number.NaN));
}
