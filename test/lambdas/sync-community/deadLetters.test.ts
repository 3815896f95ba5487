import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeRun } from '../../../lambdas/close-run/closeRun.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../../lambdas/sync-community/handler.ts';
import { type BatchHandler, createPoller } from '../../../local/poller.ts';
import { LOCAL_QUEUES } from '../../../local/resources.ts';
import { type Queue, sendAll } from '../../../shared/queue/send.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createLifeline, on } from '../../support/worldCrash.ts';
import {
  communityMessage,
  deliver,
  invokeSync,
  lambdaContext,
  RUN,
  sqsEvent,
  sync,
} from '../../support/worldEvents.ts';
import { drain } from '../../support/worldQueue.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ communities: 0 });
});

afterAll(() => world.close());

const take = () => world.simulator.app().createCommunity({ topics: 2 }).groupId;
const stampOf = (parts: Parts, groupId: string) =>
  meteredCatalog(parts).catalog.readCommunity(groupId, { consistent: true });

describe('a message that comes to no outcome', () => {
  it('of an unknown version leaves its reason on the community’s stamp, which stays without an outcome', async () => {
    const [parts, groupId] = [world.fresh(), take()];
    await deliver(parts, { ...communityMessage(parts, groupId), v: 2 });
    const stamp = await stampOf(parts, groupId);
    expect(stamp).toMatchObject({
      lastErrorRunId: RUN,
      lastError: 'v: Invalid type: Expected 1 but received 2',
    });
    expect(stamp).not.toHaveProperty('run');
  });

  it('of another app leaves nothing in this one’s catalog', async () => {
    const [parts, groupId] = [world.fresh(), take()];
    await deliver(parts, communityMessage({ app: { ...parts.app, sdkAppId: 1 } }, groupId));
    expect(await stampOf(parts, groupId)).toBeUndefined();
  });

  it('since another consumer is writing the community says so, and is forgotten once that is over', async () => {
    const [parts, groupId] = [world.fresh(), take()];
    const { catalog } = meteredCatalog(parts);
    const [now, until] = [0, 60_000].map((ms) => new Date(Date.now() + ms).toISOString()) as [string, string];
    await catalog.beginWriting(groupId, { writer: 'w', until, now, askedAt: undefined });
    const { batchItemFailures } = await invokeSync(
      parts,
      sqsEvent(communityMessage(parts, groupId)),
      lambdaContext(10_600),
    );
    expect(batchItemFailures).toHaveLength(1);
    expect((await stampOf(parts, groupId))?.lastError).toContain(
      'is being written by another consumer until',
    );
    await catalog.endWriting(groupId, { writer: 'w', until });
    await sync(parts, [groupId]);
    const stamp = await stampOf(parts, groupId);
    expect(stamp).toMatchObject({ run: { outcome: 'synced' } });
    expect([stamp?.lastError, stamp?.lastErrorRunId, stamp?.failingSince]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('since a write of the table failed says so, and never over a good outcome of the run', async () => {
    const [parts, groupId] = [world.fresh(), take()];
    await on(createLifeline({ at: 3, mode: 'fails' }), () => sync(parts, [groupId]));
    expect(await stampOf(parts, groupId)).toMatchObject({
      lastErrorRunId: RUN,
      lastError: expect.any(String),
    });
    await sync(parts, [groupId]);
    await deliver(parts, { ...communityMessage(parts, groupId), v: 2 });
    expect(await stampOf(parts, groupId)).not.toHaveProperty('lastError');
  });

  it('is named with its last error by the run that it belongs to', async () => {
    const [parts, groupId] = [world.fresh(), take()];
    const { catalog, units } = meteredCatalog(parts);
    const run = await catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10_000 });
    await catalog.putListed({ runId: RUN, page: 0, groupIds: [groupId], now: Date.now() });
    await catalog.advanceRun(run, {
      next: '0',
      limit: 10_000,
      groupIds: 1,
      totalCount: 1,
      enumeratedAt: RUN,
    });
    await deliver(parts, { ...communityMessage(parts, groupId), v: 2 });
    const limits = { maxDeletions: 500, maxDeletionRatio: 0.15 };
    const none = async () => {};
    const close = { catalog, units, limits, now: Date.now, depth: async () => 0 };
    await closeRun({ ...close, enqueueUnlisted: none, enqueueConfirmed: none }, RUN, 2);
    expect(await catalog.readRun(RUN)).toMatchObject({
      status: 'INCOMPLETE',
      reasons: ['1 listed communities have no outcome'],
      failures: [{ groupId, message: 'v: Invalid type: Expected 1 but received 2' }],
    });
  });
});

describe('poisonous messages', () => {
  it('become dead letters after five deliveries, and never keep the rest of their batch', async () => {
    const parts = world.fresh();
    const groups = [take(), take(), take()];
    const { queue, deadLetters } = await impatientQueue(parts.communitiesQueue);
    const poison = ['no JSON', JSON.stringify({ ...communityMessage(parts, 'a'), sdkAppId: 1 })];
    const good = groups.map((groupId) => JSON.stringify(communityMessage(parts, groupId)));
    await sendAll(queue, [...poison, ...good]);
    world.log.length = 0;
    const poller = createPoller({
      sqs: queue.client,
      queueUrl: queue.url,
      handler: createSyncCommunityHandler(parts) as BatchHandler,
      batchSize: 10,
      concurrency: 1,
      timeoutMs: 30_000,
      onError: () => {},
    });
    poller.start();
    await until(async () => (await depth(deadLetters)) === poison.length);
    await poller.stop();
    const synced = world.log.filter(({ event }) => event === 'community.synced');
    expect(synced.map(({ groupId }) => groupId).sort()).toEqual([...groups].sort());
    const receives = world.log
      .filter(({ event }) => event === 'record.failed')
      .map((line) => line['receives']);
    expect(receives.sort()).toEqual([1, 2, 3, 4, 5].flatMap((count) => [count, count]));
    expect((await drain(deadLetters)).sort()).toEqual([...poison].sort());
  }, 30_000);
});

/** A queue like the deployed one, whose messages come back after a second. */
async function impatientQueue({ client }: Queue): Promise<{ queue: Queue; deadLetters: Queue }> {
  const create = async (QueueName: string, Attributes = {}) =>
    (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
  const dead = await create('impatient-dead-letters');
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
  );
  const policy = {
    deadLetterTargetArn: Attributes?.['QueueArn'],
    maxReceiveCount: LOCAL_QUEUES.receiveLimit,
  };
  const url = await create('impatient', { VisibilityTimeout: '1', RedrivePolicy: JSON.stringify(policy) });
  return { queue: { client, url }, deadLetters: { client, url: dead } };
}

async function depth({ client, url }: Queue): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
  return Number(Attributes?.['ApproximateNumberOfMessages']);
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 100));
}
