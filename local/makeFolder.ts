import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing. Node's own `recursive` never ends where a folder takes none, as
 * below /proc, and says ENOENT of a full disk.
 * @param mode of each folder that is made
 * @throws {Error} of the system, with its code: EACCES, EEXIST, ENOENT, ENOSPC, ENOTDIR, EROFS and others
 */
export function makeFolder(path: string, mode = 0o777): void {
  const above = dirname(path);
  if (above !== path && !statSync(above, { throwIfNoEntry: false })) makeFolder(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // It is there already.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
