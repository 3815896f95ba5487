import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { createCloseRunHandler } from '../../../lambdas/close-run/handler.ts';
import { closingMessage } from '../../../shared/messages.ts';
import { lambdaContext, RUN, sqsEvent, sync } from '../../support/worldEvents.ts';
import { drain } from '../../support/worldQueue.ts';
import { closing, communities, later, open, useClosing } from './closing.ts';

useClosing();

describe('the function behind the closing queue', () => {
  it('closes a drained run and logs its summary', async () => {
    const groups = communities(1);
    await open(groups);
    await sync(closing.parts, groups);
    closing.world.log.length = 0;
    expect(await invoke(0)).toEqual({ batchItemFailures: [] });
    const { summary } = (await closing.catalog.readRun(RUN)) ?? {};
    expect(closing.world.log).toMatchObject([{ level: 'info', event: 'run.closed', runId: RUN, summary }]);
    expect(await drain(closing.parts.closingQueue)).toEqual([]);
  });

  it('wakes itself again, sooner or later by how many messages wait, and remembers its empty looks', async () => {
    await open(communities(1));
    expect(await invoke(1)).toEqual({ batchItemFailures: [] });
    const delayed = closing.world.queues.inspectQueue('topic-mirror-closing')?.messages.delayed ?? [];
    expect(delayed.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { v: 1, sdkAppId: closing.parts.app.sdkAppId, runId: RUN, emptyLooks: 2 },
    ]);
  });

  it.each([
    [2_000, 1],
    [60_000, 15],
    [1_500_000, 60],
  ])('asks after a listing that has been under way for %i ms again in %i s', async (ms, seconds) => {
    await closing.catalog.openRun({ runId: RUN, startedAt: new Date().toISOString(), limit: 10 });
    const sent: (number | undefined)[] = [];
    const send = async (command: { input: { DelaySeconds?: number; AttributeNames?: unknown } }) => {
      if (command.input.AttributeNames) return { Attributes: {} };
      sent.push(command.input.DelaySeconds);
      return {};
    };
    const client = { send } as unknown as SQSClient;
    const queues = {
      communitiesQueue: { ...closing.parts.communitiesQueue, client },
      closingQueue: { ...closing.parts.closingQueue, client },
    };
    await later(ms, (ahead) =>
      createCloseRunHandler({ ...ahead, ...queues })(
        sqsEvent(closingMessage({ sdkAppId: closing.parts.app.sdkAppId, runId: RUN, emptyLooks: 0 })),
        lambdaContext(),
      ),
    );
    expect(sent).toEqual([seconds]);
  });

  it('fails a message that it cannot read, alone', async () => {
    const { sdkAppId } = closing.parts.app;
    const good = closingMessage({ sdkAppId, runId: RUN, emptyLooks: 0 });
    const result = await createCloseRunHandler(closing.parts)(sqsEvent('nonsense', good), lambdaContext());
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });
});

function invoke(emptyLooks: number) {
  const { sdkAppId } = closing.parts.app;
  return createCloseRunHandler(closing.parts)(
    sqsEvent(closingMessage({ sdkAppId, runId: RUN, emptyLooks })),
    lambdaContext(),
  );
}
