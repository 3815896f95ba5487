import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { namedIn } from '../../shared/messages.ts';

/** What a batch handler returns: how each record, in the order of the event, has ended. */
export type Settled = readonly PromiseSettledResult<unknown>[];

/**
 * Turns a batch's settled records into the answer that SQS expects: those that failed come back after the
 * queue's visibility timeout, the others are done. A handler that throws fails the whole batch, which makes the
 * event source slow down: right for a table or a queue that is out of reach.
 */
export function partialBatch(logger: Logger): MiddlewareObj<SQSEvent, Settled | SQSBatchResponse> {
  return {
    after: (request) => {
      const settled = request.response as Settled;
      const batchItemFailures = request.event.Records.flatMap(({ messageId, attributes, body }, index) => {
        const result = settled[index];
        if (result?.status === 'fulfilled') return [];
        const receives = Number(attributes.ApproximateReceiveCount);
        const ids = { requestId: request.context.awsRequestId, ...namedIn(body), messageId };
        logger.warn('record.failed', { ...ids, receives, ...errorFields(result?.reason) });
        return [{ itemIdentifier: messageId }];
      });
      request.response = { batchItemFailures };
    },
  };
}
