import { type ApiStats, createSimulator } from '../../simulator/index.ts';
import { type Cell, LATENCIES } from './cells.ts';
import { answerParent } from './measured.ts';

/** What the simulator saw of get_topic in the measured stretch, and how long that was. */
export interface Judged {
  readonly elapsedMs: number;
  readonly calls: number;
  readonly refused: number;
  /** Most arrivals in any rolling second since the counts were reset, a second before the stretch at least. */
  readonly peakPerSecond: number;
}

/** Way to the API: what two networks of one continent take, and an accident for one call in a hundred. */
const NETWORK = { medianMs: 4, sigma: 0.3 };
const STALLED = 0.01;

/** Small answers: what they hold does not matter here. */
const APP = { communities: 400, topicsPerCommunity: 2, quirks: false };

/** The simulated API in a process of its own: sends its URL, then judges between `begin` and `end`. */
const [latency = '120', stalls = 'no'] = process.argv.slice(2) as [Cell['latency'], string];
const simulator = createSimulator({
  ...APP,
  latency: LATENCIES[latency],
  network: { ...NETWORK, stalls: stalls === 'yes' ? STALLED : 0 },
});
const counts = () => simulator.stats().apps[0]?.apis.get_topic as ApiStats;
let before = counts();
let beganAt = 0;
answerParent<Judged>({
  begin: () => {
    before = counts();
    beganAt = performance.now();
  },
  end: () => {
    const { calls, refused, peakPerSecond } = counts();
    const elapsedMs = performance.now() - beganAt;
    return { elapsedMs, calls: calls - before.calls, refused: refused - before.refused, peakPerSecond };
  },
});
process.send?.(await simulator.listen());
