import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Ending of a file that is being written: whatever has it is not part of anything. */
export const TEMPORARY = '.tmp';

/** Replaces a file as a whole: after a crash there is the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}${TEMPORARY}`, text, { flush: true });
  publish(path);
}

/** Gives a file that is written and flushed its name, for good. */
export function publish(path: string): void {
  renameSync(`${path}${TEMPORARY}`, path);
  flushFolder(dirname(path));
}

/** Makes the names in a folder outlive a power cut. */
export function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
