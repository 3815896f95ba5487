import { closingMessage } from '../messages.ts';
import { type Queue, sendOne } from './send.ts';

/** Has close-run look at a run: for the first time, or again once what it held is released. */
export function sendClosing(closingQueue: Queue, sdkAppId: number, runId: string): Promise<void> {
  return sendOne(closingQueue, closingMessage({ sdkAppId, runId, emptyLooks: 0 }), 1);
}
