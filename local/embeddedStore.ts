import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import { ConfigError } from '../shared/config.ts';
import { type EmbeddedServer, startEmbedded } from './embeddedServer.ts';
import { damaged, passingTrouble, troubleWith, unusable } from './localTrouble.ts';
import { makeFolder } from './makeFolder.ts';
import { keepFolderPrivate, PRIVATE_FILE, PRIVATE_FOLDER, takeFromOthers } from './privateFolder.ts';
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
 * Serves the embedded DynamoDB-compatible store from a folder that is for this user alone, on a free loopback port.
 * @param patienceMs how long another process is waited for that has the folder
 * @param key that whoever asks by the URL has to name, instead of this process's own
 * @throws {ConfigError} when the folder cannot be used: damaged, not a folder, not to be made
 * @throws {LocalTroubleError} when it cannot be used now: no room, not writable any more, too many open files
 * @throws {DataDirBusyError} when it is in use
 */
export async function openEmbeddedStore(
  dataDir: string,
  patienceMs = PATIENCE_MS,
  key?: string,
): Promise<EmbeddedStore> {
  const path = join(dataDir, 'store');
  await patiently(() => prepare(dataDir, path), Date.now() + patienceMs);
  const { port1, port2 } = new MessageChannel();
  const { ask, failed } = askThrough(port1, (detail) => troubleWith(dataDir, detail));
  const server = await startEmbedded({ server: 'store', path, port: port2 }, key).catch((error: unknown) => {
    port1.close();
    throw error;
  });
  const close = async () => {
    await server.close();
    try {
      keepFolderPrivate(path);
    } catch {
      // On a disk that may not be written any more nothing has been made either.
    }
  };
  return { ...server, ask, failed: AbortSignal.any([failed, server.failed]), close };
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
  makeDataDir(dataDir, path);
  if (!statSync(path).isDirectory())
    throw new ConfigError(unusable(dataDir, '"store" in it is not a folder'));
  requireLayout(dataDir);
  const database = new ClassicLevel(path);
  try {
    await database.open();
  } catch (error) {
    if (((error as Error).cause as { code?: string } | undefined)?.code === 'LEVEL_LOCKED')
      throw busy(dataDir);
    const detail = detailOf(error);
    throw passingTrouble(dataDir, detail) ?? new ConfigError(damaged(dataDir, detail));
  } finally {
    await database.close();
  }
}

/** All that is ever made in a data directory, at its top. */
const OWN = /^(store|logs|layout|servers\.json(\.\d+)?|simulated-app\.json|report\.html)$/;

/** Makes a data directory, for this user alone. One that holds something else too was made by somebody for more, and stays as it is. */
function makeDataDir(dataDir: string, path: string): void {
  try {
    makeFolder(dataDir, PRIVATE_FOLDER);
    if (readdirSync(dataDir).every((name) => OWN.test(name))) takeFromOthers(dataDir);
    if (existsSync(path)) takeFromOthers(path);
    else {
      writeFileSync(layoutOf(dataDir), LAYOUT, { mode: PRIVATE_FILE });
      makeFolder(path, PRIVATE_FOLDER);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE') throw troubleWith(dataDir, message);
    throw new ConfigError(unusable(dataDir, `it cannot be made (${code})`));
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
  throw new ConfigError(
    unusable(dataDir, 'another version of Topic Mirror has made it; delete the folder, and run sync again'),
  );
}

function busy(dataDir: string): DataDirBusyError {
  return new DataDirBusyError(unusable(dataDir, 'another topic-mirror is using it; wait for it to end'));
}

/** What LevelDB says of a database that does not open, or the system. */
function detailOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
