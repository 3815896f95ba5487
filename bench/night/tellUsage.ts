import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before any program, of whatever checkout, by `node --import`: at the end it says on the fourth of its files what the
 * process took, all its threads together.
 */
export interface Usage {
  /** User and system time, start-up included. */
  readonly cpuSeconds: number;
  /** Largest resident set. */
  readonly peakMegabytes: number;
}

const USAGE_FILE = 3;

if (isMainThread) {
  process.once('exit', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    writeSync(USAGE_FILE, JSON.stringify(usage));
  });
}
