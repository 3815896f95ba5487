import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { appOf } from '../../shared/catalog/keys.ts';
import type { MirrorEvent } from '../../shared/events.ts';
import { errorFields } from '../../shared/logger.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { announcementOf } from './announcement.ts';
import { type Bus, type Outgoing, publish } from './publish.ts';
import { type ReportParts, reportLost, reportRun } from './reportRun.ts';

/** Time kept back at the end of an invocation for the answer. */
const RESERVE_MS = 1_000;

/**
 * Turns the table's stream into events. When some cannot be sent, the answer names the first of them: Lambda
 * delivers it and all that follow again. Nothing is lost; what was sent after it is sent twice.
 *
 * A record that cannot be read is counted, logged and passed over. No repeat would heal it, and until the stream gave
 * it up it would keep its shard, and with it every later deletion, from being told; the dead letter would hold no more
 * than the log line does, where to look.
 */
export function createPublishChangesHandler(bus: Bus) {
  const reportOnce = createReportOnce(bus);
  const publishAll = async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const deadline = bus.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const outgoing = event.Records.flatMap((record) => read(bus, record));
    for (const one of outgoing) reportOnce(one.event);
    const unsent = await publish(bus, outgoing, deadline);
    if (!unsent) bus.logger.info('changes.published', { events: outgoing.length });
    return { batchItemFailures: unsent ? [{ itemIdentifier: unsent.sequenceNumber }] : [] };
  };
  return middy(traced(publishAll)).use(invocationLog(bus.logger));
}

function read(parts: ReportParts, record: DynamoDBRecord): Outgoing[] {
  const { SequenceNumber: sequenceNumber = '', Keys } = record.dynamodb ?? {};
  try {
    const event = announcementOf(record);
    return event ? [{ event, sequenceNumber, tableArn: tableOf(record) }] : [];
  } catch (error) {
    const { pk = '', sk } = { pk: Keys?.['pk']?.S, sk: Keys?.['sk']?.S };
    const fields = { sdkAppId: appOf({ pk }), pk, sk, sequenceNumber, ...errorFields(error) };
    reportLost(parts, 'record.unreadable', fields);
    return [];
  }
}

/** The stream's ARN is the table's, with `/stream/` and a time behind it. */
function tableOf({ eventSourceARN = '' }: DynamoDBRecord): string {
  return eventSourceARN.replace(/\/stream\/.*$/, '');
}

/**
 * Reports a run before its event is sent: no alarm waits for the bus. A delivery that comes again to this
 * environment is not counted twice; one that comes to another is, and an alarm that rings at one rings the same.
 */
function createReportOnce(parts: ReportParts): (event: MirrorEvent) => void {
  const reported = new Set<string>();
  return (event) => {
    if ('kind' in event) return;
    const id = `${event.sdkAppId} ${event.runId} ${event.closedAt}`;
    if (!reported.has(id)) reportRun(parts, event);
    reported.add(id);
  };
}
