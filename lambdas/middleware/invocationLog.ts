import type { MiddlewareObj } from '@middy/core';
import { errorFields, type Logger } from '../../shared/logger.ts';

/** Logs an invocation that throws, with its request id: the platform's own line has no event name to look for. */
export function invocationLog(logger: Logger): MiddlewareObj {
  return {
    onError: ({ error, context }) => {
      logger.error('invocation.failed', { requestId: context.awsRequestId, ...errorFields(error) });
    },
  };
}
