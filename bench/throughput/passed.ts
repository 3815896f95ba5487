/** What one pass over the app took. */
export interface Passed {
  /** Topics that are stored at its end. */
  readonly topics: number;
  readonly ms: number;
  /** Of the process that did it; simulator, store and queue have their own. */
  readonly cpuMs: number;
  readonly status?: string;
  /** Of a night: when the last community was synced. Afterwards it is counted and closed. */
  readonly drainedMs?: number;
}

/** Starts a watch. @returns what has been spent since */
export function spent(): () => { ms: number; cpuMs: number } {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
  };
}
