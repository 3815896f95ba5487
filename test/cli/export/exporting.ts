import { setImmediate } from 'node:timers/promises';
import { beginning, type ExportParts, exportCatalog } from '../../../cli/export/exportCatalog.ts';
import { lookInto, type Progress } from '../../../cli/export/folder.ts';
import type { ExportFormat } from '../../../cli/export/formats/format.ts';
import { EXPORT_VERSION, type Manifest } from '../../../cli/export/manifest.ts';
import type { Mirror } from '../../../cli/mirror.ts';
import { readRun } from '../../../shared/catalog/runs.ts';

/** What an export begins with. */
export async function begun(mirror: Mirror, runId: string, format: ExportFormat): Promise<Progress> {
  const run = await readRun(mirror.store, mirror.sdkAppId, runId);
  if (run?.closedAt === undefined) throw new Error(`the run ${runId} has not ended`);
  const { status, startedAt, closedAt, summary } = run;
  const communities = summary?.communities.listed ?? 0;
  const { store, sdkAppId } = mirror;
  return beginning(
    {
      version: EXPORT_VERSION,
      ...{ format, sdkAppId, table: store.table },
      run: { runId, status, startedAt, closedAt, communities },
    },
    new Date(),
  );
}

/** Exports a run into an empty folder. */
export async function exported(
  mirror: Mirror,
  folder: string,
  { runId, format }: { runId: string; format: ExportFormat },
  parts: Partial<ExportParts> = {},
): Promise<Manifest> {
  return exportCatalog(mirror, await begun(mirror, runId, format), { ...partsOf(folder), ...parts });
}

export function partsOf(folder: string): ExportParts {
  const signal = new AbortController().signal;
  return { folder, now: () => new Date(), signal, onCommunity: () => {} };
}

/** When an export is killed: after so many communities, or after so many rows that are handed on together. */
type Death = { readonly communities: number } | { readonly batches: number };

/**
 * Goes on with an export, killed again and again.
 * @returns the manifest, and how often it was killed
 */
export async function withKills(
  mirror: Mirror,
  folder: string,
  first: Progress,
  { death, ...parts }: { death: Death } & Partial<ExportParts>,
): Promise<{ manifest: Manifest; kills: number }> {
  for (let kills = 0; kills < 1000; kills++) {
    const held = lookInto(folder);
    const progress = held.kind === 'unfinished' ? held.progress : first;
    try {
      const mortal = { ...partsOf(folder), ...parts, ...dying(death) };
      return { manifest: await exportCatalog(mirror, progress, mortal), kills };
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      await setImmediate();
    }
  }
  throw new Error('it never ends');
}

function dying(death: Death): Partial<ExportParts> {
  let left = 'communities' in death ? death.communities : death.batches;
  const count = () => {
    if (--left === 0) throw new Error('killed');
  };
  if ('communities' in death) return { onCommunity: count };
  // Asked before each batch is written.
  return { signal: { throwIfAborted: count } as AbortSignal };
}
