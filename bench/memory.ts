import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../shared/config.ts';
import { createSimulator } from '../simulator/index.ts';
import type { Held } from './memory/consumer.ts';
import { reportOf, serve } from './processes.ts';
import { report } from './results.ts';

export interface MemoryOptions {
  /** Communities of a batch. */
  readonly batch: readonly number[];
}

/** Topics of a community whose answer has just under the API's 1 MB, and the length of a text of each. */
const TOPICS = 200;
const TEXT = 4_300;

/**
 * What a consumer holds whose batch has nothing but the largest answers, each asked for at once: on a first night, and on one
 * on which nothing has changed.
 */
export async function benchMemory({ batch }: MemoryOptions): Promise<void> {
  const rows = [];
  for (const communities of batch) rows.push(await measure(communities));
  report('memory', rows);
}

async function measure(communities: number) {
  const noLimits = { listPerSecond: Number.POSITIVE_INFINITY, topicPerSecond: Number.POSITIVE_INFINITY };
  const simulator = createSimulator({ communities: 0, quirks: false, rateLimits: noLimits });
  const app = simulator.app();
  const groupIds = Array.from({ length: communities }, () => app.createCommunity({ topics: TOPICS }).groupId);
  for (const groupId of groupIds)
    for (const { TopicId } of app.topics(groupId))
      app.editTopic(groupId, TopicId, { CustomString: 'x'.repeat(TEXT) });
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const servers = await serve('bench/servers.ts', [dataDir]);
  try {
    const [store = '', queue = ''] = servers.line.split(' ');
    const held = await reportOf<Held>('bench/memory/consumer.ts', [groupIds.join(',')], {
      ...process.env,
      [ENV.sdkAppId]: String(simulator.defaults.sdkAppId),
      [ENV.secretKey]: simulator.defaults.secretKey,
      [ENV.endpoint]: await simulator.listen(),
      [ENV.awsEndpointDynamoDb]: store,
      [ENV.awsEndpointSqs]: queue,
      [ENV.dataDir]: dataDir,
    });
    return {
      'communities a batch': communities,
      'kB an answer': Math.round(answerBytes(app, groupIds) / 1000),
      ...held,
    };
  } finally {
    await Promise.all([servers.stop(), simulator.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function answerBytes(
  app: { topics(groupId: string): readonly object[] },
  [groupId = '']: readonly string[],
): number {
  return Buffer.byteLength(JSON.stringify(app.topics(groupId)));
}
