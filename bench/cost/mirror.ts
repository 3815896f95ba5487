import { basePartsFrom } from '../../lambdas/parts/base.ts';
import { chatPartsFrom } from '../../lambdas/parts/chat.ts';
import { queuePartsFrom } from '../../lambdas/parts/queues.ts';
import { runNight } from '../../local/night.ts';
import type { LocalQueues, LocalStore } from '../../local/servers.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { metered } from '../../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../../shared/catalog/units.ts';
import { ENV, readGuard } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import type { Simulator } from '../../simulator/index.ts';

/** One night of the mirror, and what its slot leases consumed, which no summary counts. */
export interface MirrorNight {
  readonly summary: RunSummary;
  readonly leases: UnitMeter;
}

/** Runs one night with the deployed functions, at the budget of a deployment. */
export async function mirrorNight(
  { defaults }: Simulator,
  url: string,
  store: LocalStore,
  queues: LocalQueues,
): Promise<MirrorNight> {
  const { sdkAppId, secretKey } = defaults;
  const env = {
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.endpoint]: url,
    [ENV.table]: store.table,
    [ENV.communitiesQueue]: queues.urls.communities,
    [ENV.closingQueue]: queues.urls.closing,
  };
  const substitutes = {
    dynamodb: store.client,
    sqs: queues.client,
    secretKey: async () => secretKey,
    logger: createLogger(() => {}),
  };
  const base = basePartsFrom(env, substitutes);
  const leases = createUnitMeter();
  const chat = chatPartsFrom(env, { ...base, leaseStore: metered(base.leaseStore, leases) }, substitutes);
  const parts = { ...base, ...queuePartsFrom(env, substitutes), ...chat, limits: readGuard(env) };
  const summary = await runNight({ parts, runId: new Date().toISOString() });
  return { summary, leases };
}
