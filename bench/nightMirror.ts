import { openLocalMirror, syncNight } from '../cli/sync.ts';
import type { RunSummary } from '../shared/catalog/run.ts';

/** What one night in this process took. */
export interface MirrorReport {
  readonly summary: RunSummary;
  /** Largest resident set of this process. */
  readonly peakMegabytes: number;
  /** User and system time of this process, start-up included. */
  readonly cpuSeconds: number;
  /** The run's log. */
  readonly logPath: string;
}

/** One night in a process of its own, so that memory and CPU are the mirror's alone. */
const mirror = await openLocalMirror(process.env);
const { run, logPath } = await syncNight(mirror, 'syncing');
await mirror.close();
if (!run.summary) throw new Error(`run ${run.runId} has no summary`);
const { user, system } = process.cpuUsage();
const report: MirrorReport = {
  summary: run.summary,
  peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  cpuSeconds: (user + system) / 1e6,
  logPath,
};
console.log(JSON.stringify(report));
