import { endedRun } from '../endedRun.ts';
import { CommandError } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Mirror } from '../mirror.ts';
import { counted } from '../output/counted.ts';
import { createNightProgress } from '../output/progress.ts';
import { beginning, exportCatalog } from './exportCatalog.ts';
import { type Held, lookInto, type Progress, removeExport } from './folder.ts';
import type { ExportFormat } from './formats/format.ts';
import { lockFolder } from './lock.ts';
import { EXPORT_VERSION, type Manifest, type Subject } from './manifest.ts';
import { TABLE_NAMES } from './tables.ts';
import { differencesIn } from './verify.ts';

/** What is asked for. */
export interface ExportWanted {
  readonly folder: string;
  readonly format: ExportFormat;
  readonly runId: string | undefined;
  /** An export that is in the folder already is made anew. */
  readonly force: boolean;
}

/**
 * Exports a mirror into a folder, or goes on with an export that was cut off there, and says what there is then.
 * @throws {CommandError} when the folder holds something else
 */
export async function exportTo(mirror: Mirror, wanted: ExportWanted): Promise<void> {
  const { folder, force } = wanted;
  // Before anything is made: a folder of something else stays as it is.
  lookInto(folder);
  const unlock = lockFolder(folder);
  try {
    const held = lookInto(folder);
    if (held.kind === 'finished' && !force) return tellFinished(mirror, held.manifest, wanted);
    const progress = await progressOf(mirror, held, wanted);
    if (force) removeExport(folder);
    tell(folder, await exportAll(mirror, progress, folder));
  } finally {
    unlock();
  }
}

/** Compares an export's files with its manifest, and says what differs. @returns whether nothing does */
export async function verifyExport(folder: string): Promise<boolean> {
  const held = lookInto(folder);
  if (held.kind === 'nothing') throw new CommandError(`--verify ${folder} holds no export`);
  if (held.kind === 'unfinished')
    throw new CommandError(
      `the export in ${folder} is not finished; the command that began it goes on with it`,
    );
  const differences = await Array.fromAsync(differencesIn(folder, held.manifest));
  for (const difference of differences) console.error(difference);
  if (differences.length === 0) tell(folder, held.manifest);
  return differences.length === 0;
}

async function exportAll(mirror: Mirror, progress: Progress, folder: string): Promise<Manifest> {
  const signal = interruptSignal({ ending: 'interrupted; the same command goes on where it was' });
  const bar = createNightProgress('exporting', process.stderr, 'communities/s');
  const total = progress.run.communities;
  let done = progress.tables.communities.rows;
  const onCommunity = () => {
    bar.call();
    bar.update(++done, Math.max(total, done));
  };
  try {
    return await exportCatalog(mirror, progress, { folder, signal, onCommunity, now: () => new Date() });
  } finally {
    bar.stop();
  }
}

/** Where to begin, or to go on. @throws {CommandError} when what is there is of something else */
async function progressOf(mirror: Mirror, held: Held, wanted: ExportWanted): Promise<Progress> {
  if (held.kind === 'unfinished' && !wanted.force) {
    const { progress } = held;
    refuseOther(mirror, progress, wanted);
    console.error(`going on with the export of the run ${progress.run.runId} in ${wanted.folder}`);
    return progress;
  }
  const { runId, status, startedAt, closedAt, summary } = await endedRun(mirror, wanted.runId);
  const communities = summary?.communities.listed ?? 0;
  const subject: Subject = {
    version: EXPORT_VERSION,
    format: wanted.format,
    sdkAppId: mirror.sdkAppId,
    table: mirror.store.table,
    run: { runId, status, startedAt, closedAt, communities },
  };
  return beginning(subject, new Date());
}

function tellFinished(mirror: Mirror, manifest: Manifest, wanted: ExportWanted): void {
  refuseOther(mirror, manifest, wanted);
  console.error('it is there already; --force makes it anew');
  tell(wanted.folder, manifest);
}

/** @throws {CommandError} when an export is not of what is asked for */
function refuseOther(
  { sdkAppId, store }: Mirror,
  found: Subject,
  { folder, format, runId }: ExportWanted,
): void {
  const differences = [
    ...(found.format === format ? [] : [`its format is ${found.format}`]),
    ...(found.sdkAppId === sdkAppId ? [] : [`its app is ${found.sdkAppId}`]),
    ...(found.table === store.table ? [] : [`its table is ${found.table}`]),
    ...(runId === undefined || found.run.runId === runId ? [] : [`its run is ${found.run.runId}`]),
  ];
  if (differences.length === 0) return;
  throw new CommandError(
    `--out ${folder} holds another export: ${differences.join(', ')}; name another folder, or --force`,
  );
}

function tell(folder: string, { run, format, tables, writtenSince }: Manifest): void {
  const lines = TABLE_NAMES.map((name) => {
    const { rows, files } = tables[name];
    return `  ${name.padEnd(12)} ${counted(rows, 'row')} in ${counted(files.length, 'file')}`;
  });
  const { topics } = writtenSince;
  if (topics === 1) lines.push('  1 topic has been written since, and is taken back');
  if (topics > 1) lines.push(`  ${topics} topics have been written since, and are taken back`);
  console.log(
    [`${folder}: ${format} as of the end of the run ${run.runId}, ${run.closedAt}`, ...lines].join('\n'),
  );
}
