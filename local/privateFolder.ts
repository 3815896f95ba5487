import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a folder, and a file, of this user's alone is made with. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/**
 * Takes a folder, and the files in it, from all other users: LevelDB makes its files as the user's mask has it, which mostly
 * lets everybody read.
 */
export function keepFolderPrivate(folder: string): void {
  takeFromOthers(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) takeFromOthers(join(folder, entry.name));
  }
}

/** Takes a file or a folder from all other users; its owner's rights stay as they are. */
export function takeFromOthers(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) chmodSync(path, mode & PRIVATE_FOLDER);
}
