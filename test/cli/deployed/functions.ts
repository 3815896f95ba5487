import { createCloseRunHandler } from '../../../lambdas/close-run/handler.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../../lambdas/sync-community/handler.ts';
import { type BatchHandler, createPoller } from '../../../local/poller.ts';

/** The functions behind their queues, as the deployment has them: nothing else sends the first message. */
export function startFunctions(parts: Parts): { stop(): Promise<void> } {
  const shared = { timeoutMs: 30_000, concurrency: 1, batchSize: 1, onError: () => {} };
  const pollers = [
    [parts.communitiesQueue, createSyncCommunityHandler(parts)] as const,
    [parts.closingQueue, createCloseRunHandler(parts)] as const,
  ].map(([{ client: sqs, url: queueUrl }, handler]) =>
    createPoller({ ...shared, sqs, queueUrl, handler: handler as BatchHandler }),
  );
  for (const poller of pollers) poller.start();
  return { stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))) };
}
