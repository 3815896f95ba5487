import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { stringifyJson } from '../../shared/chat/json.ts';
import { DETAIL_TYPES, EVENT_SOURCE, type MirrorEvent } from '../../shared/events.ts';

/** Entries of one PutEvents (docs.aws.amazon.com, API_PutEvents). */
export const MOST_ENTRIES = 10;

/**
 * Bytes of one entry, and of all entries of a request. Event buses take 1 MB since January 2026, but the pages of
 * PutEvents still document 256 kB, and some targets, SNS among them, take no more: an event that keeps to it reaches
 * them all. A sixteenth of it is left for what the bus wraps around a detail.
 */
export const MOST_BYTES = 240 * 1024;

/** The request's entry for an event. Numbers of `extra` keep all their digits. */
export function entryOf(event: MirrorEvent, busName: string, tableArn: string): PutEventsRequestEntry {
  const isTopic = 'kind' in event;
  return {
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType: isTopic ? DETAIL_TYPES[event.kind] : DETAIL_TYPES.runClosed,
    Time: new Date(isTopic ? event.observedAt : event.closedAt),
    Resources: [tableArn],
    Detail: stringifyJson(event),
  };
}

/** An entry's size as EventBridge counts it (docs.aws.amazon.com, "Calculating PutEvents event entry size"). */
export function sizeOf({ Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry) {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), TIME_BYTES);
}

const TIME_BYTES = 14;

/** The event without the parts whose size or content has no bound: who wants them asks the catalog. */
export function shortened(event: MirrorEvent): MirrorEvent {
  if (!('kind' in event)) return { ...event, failures: [], truncated: true };
  const { before: _before, after: _after, ...ids } = event;
  return { ...ids, truncated: true };
}

/** The ids of an event, for a log line. */
export function idsOf(event: MirrorEvent) {
  const { sdkAppId, runId } = event;
  if (!('kind' in event)) return { sdkAppId, runId };
  const { groupId, topicId, observedAt } = event;
  return { sdkAppId, runId, groupId, topicId, observedAt };
}

/** As many entries in one request as its limits allow. */
export function batchesOf<T extends { readonly entry: PutEventsRequestEntry }>(entries: readonly T[]): T[][] {
  const batches: T[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const batch = batches.at(-1);
    const size = sizeOf(entry.entry);
    const isFull = !batch || batch.length === MOST_ENTRIES || bytes + size > MOST_BYTES;
    if (isFull) batches.push([entry]);
    else batch.push(entry);
    bytes = isFull ? size : bytes + size;
  }
  return batches;
}
