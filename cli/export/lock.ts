import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../local/makeFolder.ts';
import { CommandError } from '../exit.ts';
import { FILES } from './folder.ts';

/**
 * Makes a folder, and keeps a second export out of it. A lock whose process is gone is taken over.
 * @returns what gives it back @throws {CommandError} while another process has it, or where nothing can be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, FILES.lock);
  const holder = holderOf(path);
  if (holder !== undefined && isAlive(holder))
    throw new CommandError(
      `--out ${folder} is being written by the process ${holder}; wait for it to end, or remove ${path} if that is no export`,
    );
  try {
    makeFolder(folder);
    rmSync(path, { force: true });
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    throw new CommandError(`--out ${folder} cannot be written: ${(error as Error).message}`);
  }
  return () => rmSync(path, { force: true });
}

function holderOf(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid || Number.isNaN(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
