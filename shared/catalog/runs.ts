import { APPS, runKey, runsPartition } from './keys.ts';
import { getItem, queryItems } from './readItems.ts';
import type { Run } from './run.ts';
import type { Item, Store } from './store.ts';

export type * from './run.ts';

/** Reads a run's ledger entry. */
export async function readRun(
  store: Store,
  sdkAppId: number,
  runId: string,
  { consistent = true } = {},
): Promise<Run | undefined> {
  const item = await getItem(store, runKey(sdkAppId, runId), consistent);
  return item && toRun(item);
}

/** Which runs of the ledger are wanted: those with a smaller id, or with one that is no greater. */
interface RunsWanted {
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
  readonly until?: string | undefined;
}

/** Yields the app's runs, newest first. */
export async function* runsOf(
  store: Store,
  sdkAppId: number,
  { limit, before, until }: RunsWanted = {},
): AsyncGenerator<Run> {
  const earlier = until !== undefined ? ' AND sk <= :until' : before !== undefined ? ' AND sk < :before' : '';
  const condition = {
    expression: `pk = :pk${earlier}`,
    values: {
      ':pk': runsPartition(sdkAppId),
      ...(until !== undefined ? { ':until': until } : { ':before': before }),
    },
  };
  const options = { descending: true, ...(limit !== undefined && { limit }) };
  for await (const item of queryItems(store, condition, options)) yield toRun(item);
}

/** Yields the SDKAppIDs that the table mirrors. */
export async function* mirroredApps(store: Store): AsyncGenerator<number> {
  for await (const { sk } of queryItems(store, { expression: 'pk = :pk', values: { ':pk': APPS } }))
    yield Number(sk);
}

/** The run that a stored item holds. */
export function toRun({ pk: _pk, sk: _sk, itemType: _type, ...run }: Item): Run {
  return run as unknown as Run;
}
