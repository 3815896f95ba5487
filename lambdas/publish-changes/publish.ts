import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { MirrorEvent } from '../../shared/events.ts';
import { batchesOf, entryOf, idsOf, MOST_BYTES, shortened, sizeOf } from './entry.ts';
import { putEntries, type Refusal } from './putEntries.ts';
import { type ReportParts, reportLost } from './reportRun.ts';

/** A bus and the client that reaches it, and what waiting for it needs. */
export interface Bus extends ReportParts {
  readonly client: EventBridgeClient;
  readonly name: string;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

/** An event and the record of the stream that it comes from. */
export interface Outgoing {
  readonly event: MirrorEvent;
  readonly sequenceNumber: string;
  readonly tableArn: string;
}

interface Entry extends Outgoing {
  readonly entry: PutEventsRequestEntry;
}

/** The longest that one request may take: the client's timeouts. */
export const ATTEMPT_MS = 4_000;

/**
 * Sends events in their order, ten at a time. What is refused is sent again, before the next ten, for as long as
 * there is time. An event whose content the bus will not take is sent without it; if that is
 * refused too, it is counted, logged and left out, for no repeat heals it and the history holds the change.
 * @param deadline epoch milliseconds, by which to have returned
 * @returns the first event that was not sent; some after it may have been
 */
export async function publish(
  bus: Bus,
  events: readonly Outgoing[],
  deadline: number,
): Promise<Outgoing | undefined> {
  const batches = batchesOf(events.map((event) => toEntry(bus, event)));
  for (const [index, batch] of batches.entries()) {
    if (index > 0 && bus.now() + ATTEMPT_MS > deadline) return batch[0];
    const [first] = await sendBatch(bus, batch, deadline);
    if (first) return first;
  }
  return undefined;
}

function toEntry(bus: Bus, outgoing: Outgoing): Entry {
  const entry = entryOf(outgoing.event, bus.name, outgoing.tableArn);
  const bytes = sizeOf(entry);
  if (bytes <= MOST_BYTES || outgoing.event.truncated) return { ...outgoing, entry };
  return shorten(bus, outgoing, { reason: `${bytes} bytes` });
}

function shorten(bus: Bus, outgoing: Outgoing, why: { reason: string }): Entry {
  const event = shortened(outgoing.event);
  bus.logger.warn('event.shortened', { ...idsOf(event), ...why });
  return { ...outgoing, event, entry: entryOf(event, bus.name, outgoing.tableArn) };
}

/** @returns the entries that could not be sent, in their order */
async function sendBatch(bus: Bus, batch: Entry[], deadline: number): Promise<Entry[]> {
  let left = batch;
  for (let attempt = 1; ; attempt++) {
    const refusals = await putEntries(bus.client, left);
    left = refusals.flatMap((refusal) => next(bus, refusal));
    if (left.length === 0) return left;
    const wait = backoffMs(bus, attempt);
    const isOver = bus.now() + wait + ATTEMPT_MS > deadline;
    if (isOver || refusals.some(({ kind }) => kind === 'standing')) {
      logRefusal(bus, refusals, left);
      return left;
    }
    await bus.sleep(wait);
  }
}

/** Full jitter below a doubling bound of 100 ms to 5 s: throttling is counted by the second. */
function backoffMs({ random }: Bus, attempt: number): number {
  return Math.round(random() * Math.min(5_000, 50 * 2 ** attempt));
}

/** The entry as it is to be sent next; none when there is no use in it. */
function next(bus: Bus, { entry, kind, code, message }: Refusal<Entry>): Entry[] {
  if (kind !== 'content') return [entry];
  const reason = `${code} ${message}`.trim();
  if (!entry.event.truncated) return [shorten(bus, entry, { reason })];
  reportLost(bus, 'event.refused', { ...idsOf(entry.event), reason });
  return [];
}

function logRefusal({ logger }: Bus, refusals: readonly Refusal<Entry>[], left: readonly Entry[]): void {
  const [first] = left;
  const refusal = refusals.find(({ kind }) => kind === 'standing') ?? refusals[0];
  const ids = first && { ...idsOf(first.event), sequenceNumber: first.sequenceNumber };
  logger.warn('publish.failed', {
    ...ids,
    left: left.length,
    error: refusal?.code,
    message: refusal?.message,
  });
}
