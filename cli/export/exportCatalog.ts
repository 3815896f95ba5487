import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, keepOnly, type Progress, saveManifest, saveProgress } from './folder.ts';
import { type ExportFormat, writerOf } from './formats/format.ts';
import { type Manifest, noTables, perTable, type Subject, withColumns } from './manifest.ts';
import { type OpenTable, openTable, PART_SIZE, type PartSize } from './parts.ts';
import { activityAfter } from './readActivity.ts';
import { type CommunityRows, communitiesAfter, runRows } from './readCatalog.ts';
import type { Wanted } from './readCommunity.ts';
import type { TableName } from './tables.ts';
import { viewsOf } from './views.ts';

/** What an export needs besides the catalog. */
export interface ExportParts {
  /** An existing folder that holds nothing but this export. */
  readonly folder: string;
  now(): Date;
  /** Ends the export where it is, to be gone on with. */
  readonly signal: AbortSignal;
  /** Told of every community, when its rows are written. */
  onCommunity(): void;
  readonly partSize?: PartSize;
}

/** An export that has not come anywhere. */
export function beginning(subject: Subject, now: Date): Progress {
  const writtenSince = { topics: 0, communities: 0 };
  return { ...subject, startedAt: now.toISOString(), tables: noTables(), writtenSince };
}

/**
 * Exports a catalog, or goes on where `progress` says. Parts of all tables end at the same community, those of the activity at
 * the same entry, and what they hold is noted once they are whole: whatever happens, the folder has all rows up to there
 * and none twice.
 */
export async function exportCatalog(
  mirror: Pick<Wanted, 'store' | 'sdkAppId'>,
  progress: Progress,
  parts: ExportParts,
): Promise<Manifest> {
  const { folder } = parts;
  const { runId, closedAt } = progress.run;
  const wanted = { ...mirror, runId, instant: closedAt };
  begin(folder, progress);
  const read = await exportActivity(wanted, await exportCommunities(wanted, progress, parts), parts);
  const tables = await openTables(folder, read);
  for await (const row of runRows(wanted)) tables.runs.add([row]);
  const { position: _done, activityPosition: _too, ...rest } = read;
  const manifest: Manifest = {
    ...rest,
    finishedAt: parts.now().toISOString(),
    // A reader finds no table where there is no file.
    tables: withColumns(perTable((name) => tables[name].close(true))),
  };
  saveManifest(folder, manifest);
  return manifest;
}

/** Leaves in the folder what is counted, and says what it is before there is anything else. */
function begin(folder: string, progress: Progress): void {
  saveProgress(folder, progress);
  keepOnly(folder, progress.tables);
  writeFileSync(join(folder, FILES.views), viewsOf(progress.format));
}

type OpenTables = Readonly<Record<TableName, OpenTable>>;

async function openTables(folder: string, { format, tables }: Progress): Promise<OpenTables> {
  const createWriter = await writerOf(format as ExportFormat);
  return perTable((name) => openTable(folder, name, format, createWriter, tables[name]));
}

/** Exports communities, part by part, to the last. */
async function exportCommunities(wanted: Wanted, begun: Progress, parts: ExportParts): Promise<Progress> {
  const { folder, onCommunity, signal, partSize = PART_SIZE } = parts;
  let progress = begun;
  const tables = await openTables(folder, progress);
  const commit = () => {
    progress = { ...progress, tables: perTable((name) => tables[name].close()) };
    saveProgress(folder, progress);
  };
  try {
    for await (const community of communitiesAfter(wanted, progress.position)) {
      progress = await add(tables, community, progress, signal);
      onCommunity();
      if (Object.values(tables).some((table) => table.isFull(partSize))) commit();
    }
    commit();
    return progress;
  } catch (error) {
    for (const table of Object.values(tables)) table.abandon();
    throw error;
  }
}

/** Adds all rows of a community. @returns what the progress is once they are in whole parts */
async function add(
  tables: OpenTables,
  { groupId, batches }: CommunityRows,
  progress: Progress,
  signal: AbortSignal,
): Promise<Progress> {
  let { topics, communities } = progress.writtenSince;
  for await (const { table, rows, writtenSince } of batches) {
    signal.throwIfAborted();
    tables[table].add(rows);
    if (table === 'topics') topics += writtenSince;
    if (table === 'communities') communities += writtenSince;
  }
  return { ...progress, position: groupId, writtenSince: { topics, communities } };
}

/** Exports the messages of all runs up to the exported one, part by part. */
async function exportActivity(wanted: Wanted, begun: Progress, parts: ExportParts): Promise<Progress> {
  const { folder, signal, partSize = PART_SIZE } = parts;
  let progress = begun;
  const { activity } = await openTables(folder, progress);
  const closed = () => ({ ...progress, tables: { ...progress.tables, activity: activity.close() } });
  try {
    for await (const { position, rows } of activityAfter(wanted, progress.activityPosition)) {
      signal.throwIfAborted();
      activity.add(rows);
      if (!activity.isFull(partSize)) continue;
      progress = { ...closed(), activityPosition: position };
      saveProgress(folder, progress);
    }
    return closed();
  } catch (error) {
    activity.abandon();
    throw error;
  }
}
