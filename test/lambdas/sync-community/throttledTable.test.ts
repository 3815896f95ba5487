import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { withoutThrottleRetries } from '../../../shared/busyClient.ts';
import { createWritePace } from '../../../shared/catalog/writePace.ts';
import { openThrottledTable, type ThrottledTable } from '../../support/throttledTable.ts';
import { createWorld, type World } from '../../support/world.ts';
import { expectMirrored } from '../../support/worldCompare.ts';
import { communityMessage, invokeSync, lambdaContext, sqsEvent } from '../../support/worldEvents.ts';

let world: World;
let table: ThrottledTable;

beforeAll(async () => {
  world = await createWorld({ communities: 20, topicsPerCommunity: 6 });
});
afterAll(() => world.close());
afterEach(() => table.close());

/** The functions' parts, their table refusing requests as it is told. */
async function behind(refuse: (operation: string) => boolean): Promise<Parts> {
  const { client, table: name } = world.parts.store;
  table = await openThrottledTable(client, (operation) =>
    refuse(operation) ? 'ProvisionedThroughputExceededException' : undefined,
  );
  const throttled = withoutThrottleRetries(new DynamoDBClient({ ...table.account }));
  return { ...world.parts, store: { client: throttled, table: name, pace: createWritePace() } };
}

describe('a batch of communities', () => {
  it('waits for a table that refuses everything for two seconds, and then much', async () => {
    const begun = Date.now();
    let requests = 0;
    const parts = await behind(() => Date.now() < begun + 2000 || requests++ % 2 === 0);
    const messages = world.simulator
      .app()
      .communityIds()
      .map((id) => communityMessage(parts, id));
    expect(await invokeSync(parts, sqsEvent(...messages))).toEqual({ batchItemFailures: [] });
    expectMirrored(await world.items(), world.simulator.app());
    expect(table.refused).toBeGreaterThan(50);
    expect(world.log.filter(({ event }) => event === 'community.failed')).toEqual([]);
  });

  it('comes back at the end of its time, which is noted on a community only when that happens again', async () => {
    const parts = {
      ...(await behind((operation) => operation === 'BatchExecuteStatement')),
      app: world.fresh().app,
    };
    const [first = '', again = ''] = world.simulator.app().communityIds().slice(-2);
    const event = sqsEvent(...[first, again].map((id) => communityMessage(parts, id)));
    const redelivered = event.Records[1] as (typeof event.Records)[number];
    redelivered.attributes.ApproximateReceiveCount = '2';
    // Of these eleven seconds ten are kept back, and of them four for the last request.
    const { batchItemFailures } = await invokeSync(parts, event, lambdaContext(11_000));
    expect(batchItemFailures).toHaveLength(2);
    const stampOf = async (id: string) =>
      (await world.itemsOf(parts.app.sdkAppId, id)).find(({ itemType }) => itemType === 'community');
    expect(await stampOf(first)).not.toHaveProperty('lastError');
    expect(await stampOf(again)).toMatchObject({
      lastError: expect.stringMatching(
        /^the table mirror is throttled: it sent (\d+) of \1 back until the time was up$/,
      ),
    });
  });
});
