import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Holds processes to a share of a core each. */
export interface CoreHold {
  take(pid: number): void;
  /** Once the processes have ended. */
  end(): void;
}

/** The scheduler's period, microseconds: short, so that a process is stopped often and briefly. */
const PERIOD_US = 20_000;

const V1 = '/sys/fs/cgroup/cpu';
const V2 = '/sys/fs/cgroup';

/**
 * Holds each of some processes to a share of a core by a control group of its own, which is how Lambda gives a function
 * the processor that goes with its memory: 1,769 MB are a whole one (docs.aws.amazon.com, "Configure Lambda function memory").
 * @throws {Error} where groups cannot be made: it takes Linux and root
 */
export function coreHold(share: number): CoreHold {
  const quota = Math.round(PERIOD_US * share);
  const groups: string[] = [];
  const isV1 = existsSync(join(V1, 'cpu.cfs_quota_us'));
  return {
    take: (pid) => {
      const group = join(isV1 ? V1 : V2, `topic-mirror-bench-${pid}`);
      try {
        mkdirSync(group);
        groups.push(group);
        if (isV1) {
          writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
          writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
        } else writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_US}`);
        writeFileSync(join(group, 'cgroup.procs'), String(pid));
      } catch (error) {
        throw new Error(
          `--core-share needs control groups, which take Linux and root: ${(error as Error).message}`,
        );
      }
    },
    end: () => {
      for (const group of groups.splice(0)) rmdirSync(group);
    },
  };
}
