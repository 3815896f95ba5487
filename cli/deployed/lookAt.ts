import { readRun } from '../../shared/catalog/runs.ts';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import type { NightProgress } from '../output/progress.ts';
import type { DeployedMirror } from './mirror.ts';
import type { Lookout } from './watchRun.ts';

/** A run of one of a deployed mirror's apps. */
export interface DeployedRun {
  readonly mirror: DeployedMirror;
  readonly sdkAppId: number;
  readonly runId: string;
}

/**
 * Looks at a run through the ledger and, where somebody sees the progress, the queue.
 * @param isSeen whether anybody does
 */
export function lookAt(
  { mirror, sdkAppId, runId }: DeployedRun,
  bar: NightProgress,
  isSeen: boolean,
): Pick<Lookout, 'read' | 'depth' | 'onProgress'> {
  return {
    read: () => readRun(mirror.store, sdkAppId, runId),
    ...(isSeen && { depth: async () => depthOf(mirror.queue(sdkAppId, APP_OUTPUTS.communitiesQueue)) }),
    onProgress: countingOn(bar),
  };
}

/** Counts what gets done from look to look; what was done before the first is not this minute's rate. */
export function countingOn(bar: NightProgress): Lookout['onProgress'] {
  let most: number | undefined;
  return (done, listed) => {
    for (let counted = most ?? done; counted < done; counted++) bar.call();
    most = Math.max(most ?? 0, done);
    bar.update(done, listed);
  };
}
