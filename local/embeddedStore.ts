import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import { ConfigError, ENV } from '../shared/config.ts';
import { type EmbeddedServer, startEmbedded } from './embeddedServer.ts';
import { type AskStore, askThrough } from './storePort.ts';

/** The data directory is in another process's hands. */
export class DataDirBusyError extends ConfigError {}

/** The embedded store: this process asks it directly, others by its URL. */
export interface EmbeddedStore extends EmbeddedServer {
  readonly ask: AskStore;
}

/** How long a command waits for one that only looks something up to be done with the folder, and how often it tries. */
const PATIENCE_MS = 2000;
const TRY_AGAIN_MS = 100;

/**
 * Serves the embedded DynamoDB-compatible store from a folder, on a free loopback port.
 * @param patienceMs how long another process is waited for that has the folder
 * @throws {ConfigError} when the folder cannot be used: damaged, not a folder, not writable
 * @throws {DataDirBusyError} when it is in use
 */
export async function openEmbeddedStore(dataDir: string, patienceMs = PATIENCE_MS): Promise<EmbeddedStore> {
  const path = join(dataDir, 'store');
  await patiently(() => prepare(dataDir, path), Date.now() + patienceMs);
  const { port1, port2 } = new MessageChannel();
  const ask = askThrough(port1);
  const server = await startEmbedded({ server: 'store', path, port: port2 });
  return { ...server, ask };
}

async function patiently(attempt: () => Promise<void>, until: number): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DataDirBusyError) || Date.now() >= until) throw error;
      await sleep(TRY_AGAIN_MS);
    }
  }
}

/** Opens the database once by itself: the server would only find out at the first request, and then crash. */
async function prepare(dataDir: string, path: string): Promise<void> {
  try {
    mkdirSync(dataDir, { recursive: true });
    if (!existsSync(path)) writeFileSync(layoutOf(dataDir), LAYOUT);
  } catch (error) {
    throw unusable(dataDir, `it cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
  if (existsSync(path) && !statSync(path).isDirectory())
    throw unusable(dataDir, '"store" in it is not a folder');
  requireLayout(dataDir);
  const database = new ClassicLevel(path);
  try {
    await database.open();
  } catch (error) {
    const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
    throw cause?.code === 'LEVEL_LOCKED' ? busy(dataDir) : unusable(dataDir, reasonOf(cause));
  } finally {
    await database.close();
  }
}

/** How the table's items are laid out: what another version has stored under another layout means nothing here. */
export const LAYOUT = '3';

function layoutOf(dataDir: string): string {
  return join(dataDir, 'layout');
}

/** @throws {ConfigError} when the store in a folder was made with another layout */
function requireLayout(dataDir: string): void {
  const file = layoutOf(dataDir);
  if (existsSync(file) && readFileSync(file, 'utf8') === LAYOUT) return;
  throw unusable(
    dataDir,
    'another version of Topic Mirror has made it; delete the folder, and run sync again',
  );
}

function busy(dataDir: string): DataDirBusyError {
  const { message } = unusable(dataDir, 'another topic-mirror is using it; wait for it to end');
  return new DataDirBusyError(message);
}

function reasonOf(cause: Error | undefined): string {
  const detail = (cause?.message ?? 'it does not open').replaceAll(/\s+/g, ' ');
  return `its database is damaged (${detail}); move the folder away to begin anew, or restore it from a backup`;
}

function unusable(dataDir: string, why: string): ConfigError {
  return new ConfigError(`the data directory ${dataDir} (${ENV.dataDir}) cannot be used: ${why}`);
}
