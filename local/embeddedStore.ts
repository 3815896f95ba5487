import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { ConfigError, ENV } from '../shared/config.ts';
import { type EmbeddedServer, startEmbedded } from './embeddedServer.ts';

/**
 * Serves the embedded DynamoDB-compatible store from a folder, on a free loopback port.
 * @throws {ConfigError} when the folder cannot be used: in use, damaged, not a folder, not writable
 */
export async function openEmbeddedStore(dataDir: string): Promise<EmbeddedServer> {
  const path = join(dataDir, 'store');
  await probe(dataDir, path);
  return startEmbedded({ server: 'store', path });
}

/** Opens the database once by itself: the server would only find out at the first request, and then crash. */
async function probe(dataDir: string, path: string): Promise<void> {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw unusable(dataDir, `it cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
  if (existsSync(path) && !statSync(path).isDirectory())
    throw unusable(dataDir, '"store" in it is not a folder');
  const database = new ClassicLevel(path);
  try {
    await database.open();
  } catch (error) {
    throw unusable(dataDir, reasonOf((error as Error).cause as Error & { code?: string }));
  } finally {
    await database.close();
  }
}

function reasonOf(cause: (Error & { code?: string }) | undefined): string {
  if (cause?.code === 'LEVEL_LOCKED') return 'another topic-mirror is using it; wait for it to end';
  const detail = (cause?.message ?? 'it does not open').replaceAll(/\s+/g, ' ');
  return `its database is damaged (${detail}); move the folder away to begin anew, or restore it from a backup`;
}

function unusable(dataDir: string, why: string): ConfigError {
  return new ConfigError(`the data directory ${dataDir} (${ENV.dataDir}) cannot be used: ${why}`);
}
