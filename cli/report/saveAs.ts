import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../exit.ts';
import { GENERATOR } from './page/generator.ts';

/** Bytes in which a report says that it is one. */
const BEGINNING = 512;

/**
 * Makes sure, before anything is read, that a report may be written there.
 * @throws {CommandError} when the folder is not there, or the file is something else than a report and `force` is not given
 */
export function checkTarget(file: string, force: boolean): void {
  if (!existsSync(dirname(file)))
    throw new CommandError(
      `--out is ${JSON.stringify(file)}, but there is no folder ${dirname(file)}; make it first`,
    );
  if (!existsSync(file)) return;
  if (!statSync(file).isFile())
    throw new CommandError(`--out is ${JSON.stringify(file)}, which is no file; name one`);
  if (force || isReport(file)) return;
  throw new CommandError(
    `--out is ${JSON.stringify(file)}, which exists and is no report; name another file, or overwrite it with --force`,
  );
}

/** Writes under a temporary name beside it and renames: the file is the old one or the new one, never half of it. */
export function saveAs(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function isReport(file: string): boolean {
  const opened = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(BEGINNING);
    const length = readSync(opened, buffer, 0, BEGINNING, 0);
    return buffer.toString('utf8', 0, length).includes(`content="${GENERATOR}"`);
  } finally {
    closeSync(opened);
  }
}
