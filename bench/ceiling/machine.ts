import { cpus } from 'node:os';

/** Begins to watch how busy the machine is, with everything that runs on it. @returns the share of its cores, so far */
export function machineSince(): () => number {
  const before = cpuTimes();
  return () => {
    const now = cpuTimes();
    return (now.busy - before.busy) / (now.all - before.all);
  };
}

function cpuTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({
    busy: user + nice + sys + irq,
    idle,
  }));
  const busy = times.reduce((sum, cpu) => sum + cpu.busy, 0);
  return { busy, all: times.reduce((sum, cpu) => sum + cpu.idle, busy) };
}
