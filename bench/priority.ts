import { readFileSync } from 'node:fs';

/** Policies of Linux's scheduler that go before all normal processes (sched(7)): first in first out, and by turns. */
const REAL_TIME = [1, 2];

/** Where /proc/self/stat has the policy, counted from the state, which stands behind the name in brackets (proc_pid_stat(5)). */
const POLICY = 38;

export type Priority = 'normal' | 'real-time';

/**
 * How the system schedules this bench and what it starts: `chrt -r 1 npm run bench …` makes it real-time, where timers are
 * not late because others take the cores. A laptop and a function of Lambda have the normal one.
 */
export function priority(): Priority {
  return REAL_TIME.includes(policy()) ? 'real-time' : 'normal';
}

/** Normal where the system does not tell. */
function policy(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[POLICY]);
  } catch {
    return 0;
  }
}
