import { GET_TOPIC_CEILING } from '../../shared/config.ts';
import type { Cell } from './cells.ts';
import type { Called } from './consumer.ts';
import type { Effort } from './measured.ts';
import type { Judged } from './simulator.ts';

/** What was seen of a cell in the measured stretch. */
export interface Seen {
  /** Most of a core that each consumer had. */
  readonly coreShare: number | undefined;
  readonly judged: Judged & Effort;
  readonly called: readonly (Called & Effort)[];
  /** Slots due in the stretch that somebody leased, or stepped over. */
  readonly leased: number;
  /** Share of the machine's cores, with everything that runs on it. */
  readonly busy: number;
  /** Calls refused before the stretch. */
  readonly refusedAtStart: number;
}

/**
 * A line of the table. The last columns tell the machine's noise from the mirror's: how busy it was, and by how
 * many ms timers came late in the process of the simulator and in the worst of the consumers'.
 */
export function rowOf(cell: Cell, { coreShare, judged, called, leased, busy, refusedAtStart }: Seen) {
  const { calls, refused, peakPerSecond, elapsedMs } = judged;
  const perSecond = ((calls - refused) * 1000) / elapsedMs;
  const sent = sum(called.map(({ calls }) => calls));
  const worst = (of: (consumer: Effort) => number) => Math.max(...called.map(of));
  return {
    consumers: cell.consumers,
    'API ms': cell.latency,
    stalls: cell.stalls ? 'yes' : 'no',
    'core each': coreShare ?? 'all',
    'paced by': cell.pacing,
    'calls/s': round(perSecond),
    'of ceiling': percent(perSecond / GET_TOPIC_CEILING),
    'worst second': peakPerSecond,
    refused,
    'at start': refusedAtStart,
    failed: sum(called.map(({ failed }) => failed)),
    'slots wasted': cell.pacing === 'mirror' ? leased - sent : '',
    'machine CPU': percent(busy),
    'API CPU': percent(judged.cpuShare),
    'consumer CPU': percent(worst(({ cpuShare }) => cpuShare)),
    'API late p99': round(judged.delayP99Ms),
    'API late max': round(judged.delayMaxMs),
    'consumer late p99': round(worst(({ delayP99Ms }) => delayP99Ms)),
    'consumer late max': round(worst(({ delayMaxMs }) => delayMaxMs)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
