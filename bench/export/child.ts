import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { exportTo } from '../../cli/export/command.ts';
import type { ExportFormat } from '../../cli/export/formats/format.ts';
import { type Mirror, withMirror } from '../../cli/mirror.ts';
import { allCommunities } from '../../shared/catalog/communities.ts';
import { topicsPartition } from '../../shared/catalog/keys.ts';
import { readAhead } from '../../shared/readAhead.ts';

/** What one export, or one bare reading of the store, took. */
export interface ExportReport {
  readonly seconds: number;
  /** Largest resident set of this process, and that before it had begun. */
  readonly peakMegabytes: number;
  readonly startMegabytes: number;
  /** User and system time from the beginning of the work. */
  readonly cpuSeconds: number;
  /** Items that the bare reading has read. */
  readonly items: number;
}

/** As many partitions as an export reads ahead. */
const READ_AHEAD = 8;

/** An export in a process of its own, so that time and memory are its alone; `bare`: the same queries, and nothing else. */
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

async function readAll({ store, sdkAppId }: Mirror): Promise<number> {
  let items = 0;
  const query = async ({ groupId }: { groupId: string }) => {
    const { Items = [] } = await store.client.send(
      new QueryCommand({
        TableName: store.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: topicsPartition(sdkAppId, groupId) } },
      }),
    );
    return Items.length;
  };
  for await (const count of readAhead(allCommunities(store, sdkAppId), query, READ_AHEAD)) items += count;
  return items;
}

function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
