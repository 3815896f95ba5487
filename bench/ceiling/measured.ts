import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How busy a process was in the measured stretch: whether it, or the machine, stood in the way. */
export interface Effort {
  /** Share of one core, user and system. */
  readonly cpuShare: number;
  /** By how much its timers came late, in ms. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
}

/** What a measured process does when its stretch begins, and what it counted when it ends. */
export interface Counts<Counted extends object> {
  begin(): void;
  end(): Counted;
}

/** How often the delay of timers is sampled, in ms: rarely enough to cost nothing itself. */
const SAMPLE_MS = 10;

/** Answers `begin` and `end` of the process that started this one, and ends with it. */
export function answerParent<Counted extends object>(counts: Counts<Counted>): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  let cpu = process.cpuUsage();
  let beganAt = performance.now();
  const end = (): Counted & Effort => {
    const elapsedMs = performance.now() - beganAt;
    const { user, system } = process.cpuUsage(cpu);
    delay.disable();
    // A sample is the time between two ticks of a timer, its period included.
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - SAMPLE_MS);
    return {
      ...counts.end(),
      cpuShare: (user + system) / 1000 / elapsedMs,
      delayP99Ms: late(delay.percentile(99)),
      delayMaxMs: late(delay.max),
    };
  };
  const begin = () => {
    counts.begin();
    cpu = process.cpuUsage();
    beganAt = performance.now();
    delay.reset();
    delay.enable();
    return {};
  };
  process.on('message', (message) => process.send?.(message === 'begin' ? begin() : end()));
  process.once('disconnect', () => process.exit());
}
