import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { exportTo } from '../../cli/export/command.ts';
import type { ExportFormat } from '../../cli/export/formats/format.ts';
import { type Mirror, withMirror } from '../../cli/mirror.ts';
import { allCommunities } from '../../shared/catalog/communities.ts';
import { activityPartition, rostersPartition, SHARDS, topicsPartition } from '../../shared/catalog/keys.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { readAhead } from '../../shared/readAhead.ts';

/** What one export, or one bare reading of the store, took. */
export interface ExportReport {
  readonly seconds: number;
  /** Largest resident set of this process, and that before it had begun. */
  readonly peakMegabytes: number;
  readonly startMegabytes: number;
  /** User and system time from the beginning of the work. */
  readonly cpuSeconds: number;
  /** Items that the bare reading has read, beside the stamps and the runs. */
  readonly items: number;
}

/** As many partitions as an export reads ahead. */
const READ_AHEAD = 8;

/** An export in a process of its own, so that time and memory are its alone; `bare`: the same reads, and nothing else. */
const [format = 'bare', folder = ''] = process.argv.slice(2);
await withMirror(process.env, async (mirror) => {
  const startMegabytes = peak();
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  // What an export says of itself is no report.
  console.log = () => {};
  const items = format === 'bare' ? await readAll(mirror) : await exportInto(mirror);
  const { user, system } = process.cpuUsage(cpu);
  const report: ExportReport = {
    seconds: (performance.now() - began) / 1000,
    peakMegabytes: peak(),
    startMegabytes,
    cpuSeconds: (user + system) / 1e6,
    items,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
process.disconnect?.();

async function exportInto(mirror: Mirror): Promise<number> {
  await exportTo(mirror, { folder, format: format as ExportFormat, runId: undefined, force: false });
  return 0;
}

/** Reads what an export reads: stamps, each community's partition, rosters, and the entries of each run. */
async function readAll(mirror: Mirror): Promise<number> {
  let items = 0;
  const read = (pk: string) => itemsIn(mirror.store, pk);
  for await (const count of readAhead(partitionsOf(mirror), read, READ_AHEAD)) items += count;
  return items;
}

async function* partitionsOf({ store, sdkAppId }: Mirror): AsyncGenerator<string> {
  for await (const { groupId } of allCommunities(store, sdkAppId)) yield topicsPartition(sdkAppId, groupId);
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  for (const shard of shards) yield rostersPartition(sdkAppId, shard);
  for await (const { runId } of runsOf(store, sdkAppId))
    for (const shard of shards) yield activityPartition(sdkAppId, runId, shard);
}

async function itemsIn({ client, table: TableName }: Store, pk: string): Promise<number> {
  let items = 0;
  let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ExclusiveStartKey,
      }),
    );
    items += page.Items?.length ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
