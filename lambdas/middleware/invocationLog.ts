import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { errorFields, type Logger, withLogIds } from '../../shared/logger.ts';

/** Has every line of an invocation carry its request id, under which the platform's own lines are found. */
export function traced<Event, Result>(handler: (event: Event, context: Context) => Result) {
  return (event: Event, context: Context): Result =>
    withLogIds({ requestId: context.awsRequestId }, () => handler(event, context));
}

/** Logs an invocation that throws, with its request id: the platform's own line has no event name to look for. */
export function invocationLog(logger: Logger): MiddlewareObj {
  return {
    onError: ({ error, context }) => {
      logger.error('invocation.failed', { requestId: context.awsRequestId, ...errorFields(error) });
    },
  };
}
