import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import middy from '@middy/core';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import type { Store } from '../../shared/catalog/store.ts';
import type { RunClosedEvent } from '../../shared/events.ts';
import type { Logger } from '../../shared/logger.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { NAMED_DELETIONS } from './deletionLines.ts';
import { deletionsOf } from './deletions.ts';
import { composeMessage } from './message.ts';
import { parseRunClosed } from './runClosed.ts';

export interface AnnounceParts {
  readonly store: Store;
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** Name of the deployed stack, for the commands that a message suggests. */
  readonly stack: string;
  readonly logger: Logger;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Tells people how a run has ended. A failure is thrown: the event comes again, and after a failure that came
 * late the message may come twice.
 */
export function createAnnounceRunHandler(parts: AnnounceParts) {
  const announce = async (event: EventBridgeEvent<string, unknown>, _context: Context): Promise<void> => {
    const run = parseRunClosed(event.detail);
    const deletions = await deletionsOf(parts, run, NAMED_DELETIONS);
    const { subject, body } = composeMessage(run, deletions, parts.stack);
    const { MessageId: messageId } = await parts.sns.send(
      new PublishCommand({
        TopicArn: parts.topicArn,
        Subject: subject,
        Message: body,
        MessageAttributes: attributesOf(run),
      }),
    );
    const { sdkAppId, runId, status } = run;
    const { deleted } = run.summary.topics;
    const { found } = deletions;
    parts.logger.info('run.announced', { sdkAppId, runId, status, deleted, found, messageId });
  };
  return middy(traced(announce)).use(invocationLog(parts.logger));
}

/** The SDKAppID is a text: SNS compares numbers up to a billion only, and SDKAppIDs are larger. */
function attributesOf({ sdkAppId, status, summary }: RunClosedEvent) {
  return {
    status: { DataType: 'String', StringValue: status },
    sdkAppId: { DataType: 'String', StringValue: String(sdkAppId) },
    deleted: { DataType: 'Number', StringValue: String(summary.topics.deleted) },
  };
}
