import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../local/makeFolder.ts';
import { CommandError } from '../exit.ts';
import { replaceFile, TEMPORARY } from './durable.ts';
import {
  EXPORT_VERSION,
  type Manifest,
  type Subject,
  type TableState,
  type WrittenSince,
} from './manifest.ts';
import type { ActivityPosition } from './readActivity.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

/** How far an export has come, as its folder keeps it until it is finished. */
export interface Progress extends Subject {
  readonly startedAt: string;
  readonly tables: Readonly<Record<TableName, TableState>>;
  readonly writtenSince: WrittenSince;
  /** The id of the community up to which all rows are in the files; absent before the first. */
  readonly position?: string;
  /** The entry of the activity up to which all rows are in the files; absent before the first part. */
  readonly activityPosition?: ActivityPosition;
}

/** What a folder holds. */
export type Held =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unfinished'; readonly progress: Progress }
  | { readonly kind: 'finished'; readonly manifest: Manifest };

export const FILES = {
  manifest: 'manifest.json',
  views: 'views.sql',
  progress: '.progress.json',
  lock: '.lock',
} as const;

/** All that an export makes in its folder, at the top. */
const OWN: ReadonlySet<string> = new Set([
  ...TABLE_NAMES,
  ...Object.values(FILES).flatMap((name) => [name, `${name}${TEMPORARY}`]),
]);

/** Looks what a folder holds. @throws {CommandError} when it is of something else, or of another version */
export function lookInto(folder: string): Held {
  if (!existsSync(folder)) return { kind: 'nothing' };
  if (!statSync(folder).isDirectory()) throw new CommandError(`${folder} is a file; name a folder`);
  const names = readdirSync(folder);
  const foreign = names.find((name) => !OWN.has(name));
  if (foreign !== undefined) throw notOurs(folder, `${JSON.stringify(foreign)} in it is not of an export`);
  if (names.includes(FILES.manifest))
    return { kind: 'finished', manifest: readJson<Manifest>(folder, FILES.manifest) };
  if (names.includes(FILES.progress))
    return { kind: 'unfinished', progress: readJson<Progress>(folder, FILES.progress) };
  const table = names.find((name) => (TABLE_NAMES as string[]).includes(name));
  if (table !== undefined) throw notOurs(folder, `it has ${table}, but nothing that says of which export`);
  return { kind: 'nothing' };
}

/** Notes how far an export has come. */
export function saveProgress(folder: string, progress: Progress): void {
  replaceFile(join(folder, FILES.progress), json(progress));
}

/** Ends an export: with the manifest it is finished, whatever happens then. */
export function saveManifest(folder: string, manifest: Manifest): void {
  replaceFile(join(folder, FILES.manifest), json(manifest));
  rmSync(join(folder, FILES.progress), { force: true });
}

/** Makes the folders of the tables, and removes the files that an export has not come to count. */
export function keepOnly(folder: string, tables: Readonly<Record<TableName, TableState>>): void {
  const counted = new Set(Object.values(tables).flatMap(({ files }) => files.map(({ path }) => path)));
  for (const table of TABLE_NAMES) {
    makeFolder(join(folder, table));
    for (const path of filesOf(folder, table)) if (!counted.has(path)) rmSync(join(folder, path));
  }
}

/** The files of a table, their paths from the folder. @throws {CommandError} when one is none that an export makes */
export function filesOf(folder: string, table: TableName): string[] {
  if (!existsSync(join(folder, table))) return [];
  const names = readdirSync(join(folder, table));
  const foreign = names.find((name) => !/^part-\d{5,}\.(parquet|jsonl|csv)(\.tmp)?$/.test(name));
  if (foreign === undefined) return names.map((name) => `${table}/${name}`);
  throw notOurs(folder, `${JSON.stringify(`${table}/${foreign}`)} in it is not of an export`);
}

/** Removes an export, and nothing else. */
export function removeExport(folder: string): void {
  const paths = TABLE_NAMES.flatMap((table) => filesOf(folder, table));
  // First, so that what is left after a crash is not taken for finished.
  rmSync(join(folder, FILES.manifest), { force: true });
  for (const path of paths) rmSync(join(folder, path));
  for (const name of [...TABLE_NAMES, FILES.progress, FILES.views])
    rmSync(join(folder, name), { recursive: true, force: true });
}

function readJson<T extends Subject>(folder: string, name: string): T {
  const path = join(folder, name);
  let read: Partial<Progress>;
  try {
    read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Progress>;
  } catch (error) {
    throw notOurs(folder, `${name} cannot be read: ${(error as Error).message}`);
  }
  if (read.version === EXPORT_VERSION && read.run && read.tables) return read as unknown as T;
  throw notOurs(folder, `${name} is not of version ${EXPORT_VERSION} of an export`);
}

function notOurs(folder: string, why: string): CommandError {
  return new CommandError(`${folder} holds something else: ${why}; name another folder`);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
