import { createCloseRunHandler } from '../../lambdas/close-run/handler.ts';
import { createListCommunitiesHandler } from '../../lambdas/list-communities/handler.ts';
import { meteredCatalog } from '../../lambdas/parts/base.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { closingMessage } from '../../shared/messages.ts';
import type { World } from '../support/world.ts';
import { invokeSync, lambdaContext, sqsEvent } from '../support/worldEvents.ts';
import { drain } from '../support/worldQueue.ts';
import { type Call, recordedParts } from './recordedCalls.ts';

/** What each function of an app called. */
export interface Recorded {
  readonly list: Call[];
  readonly sync: Call[];
  readonly close: Call[];
}

/** Looks of close-run after which a night that has not ended never will. */
const MOST_LOOKS = 20;

/**
 * Runs one night of a world with the deployed functions, one after the other, and records what each calls. The
 * schedule fires twice, as it may.
 */
export async function recordNight({ parts }: World, runId: string, calls: Recorded): Promise<Run> {
  const listCommunities = createListCommunitiesHandler(recordedParts(parts, calls.list));
  for (let delivery = 1; delivery <= 2; delivery++) {
    await listCommunities({ scheduledTime: runId }, lambdaContext());
  }
  const close = createCloseRunHandler(recordedParts(parts, calls.close));
  const sync = recordedParts(parts, calls.sync);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const bodies = await drain(parts.communitiesQueue);
    for (let at = 0; at < bodies.length; at += 10)
      await invokeSync(sync, sqsEvent(...bodies.slice(at, at + 10)));
    const { sdkAppId } = parts.app;
    await close(sqsEvent(closingMessage({ sdkAppId, runId, emptyLooks: 0 })), lambdaContext());
    const run = await meteredCatalog(parts).catalog.readRun(runId);
    if (run && run.status !== 'RUNNING') return run;
  }
  throw new Error(`run ${runId} did not end`);
}
