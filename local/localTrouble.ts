import { ENV } from '../shared/config.ts';

/** This machine does not let the embedded servers go on. What they held is as it was: the same command goes on with it. */
export class LocalTroubleError extends Error {
  override readonly name = 'LocalTroubleError';
}

/** What systems and LevelDB say, what it means, and what helps. */
const KNOWN: readonly (readonly [RegExp, string, string])[] = [
  [/no space left|quota exceeded|file too large|ENOSPC|EDQUOT|EFBIG/i, 'there is no room left', 'make some'],
  [
    /read-only file system|permission denied|operation not permitted|EROFS|EACCES|EPERM/i,
    'it may not be written',
    'make it writable',
  ],
  [/too many open files|EMFILE|ENFILE/i, 'too many files are open', 'raise the limit (ulimit -n)'],
];

/** What is wrong with a data directory, if it is something that passes. */
export function passingTrouble(dataDir: string, detail: string): LocalTroubleError | undefined {
  const why = passing(detail);
  return why === undefined ? undefined : new LocalTroubleError(unusable(dataDir, why));
}

/** What is wrong with a server of ours, whatever it is. @param what it is called */
export function troubleOf(what: string, detail: string): LocalTroubleError {
  return new LocalTroubleError(`${what} cannot be used: ${passing(detail) ?? oneLine(detail)}`);
}

/** What is wrong with a data directory that could be used until now. */
export function troubleWith(dataDir: string, detail: string): LocalTroubleError {
  return passingTrouble(dataDir, detail) ?? new LocalTroubleError(damaged(dataDir, detail));
}

/** Codes of the system that no other attempt of this process can be expected to get past. */
const LASTING = new Set(['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EROFS']);

/** What an error says of this machine, if it is its fault. */
export function localTroubleIn(error: unknown): LocalTroubleError | undefined {
  if (error instanceof LocalTroubleError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (!LASTING.has(code ?? '')) return undefined;
  return new LocalTroubleError(`this machine is in the way: ${passing(message) ?? oneLine(message)}`);
}

/** Says that a data directory's database cannot be read. */
export function damaged(dataDir: string, detail: string): string {
  const remedy = 'move the folder away to begin anew, or restore it from a backup';
  return unusable(dataDir, `its database is damaged (${oneLine(detail)}); ${remedy}`);
}

/** Says that a data directory cannot be used. */
export function unusable(dataDir: string, why: string): string {
  return `the data directory ${dataDir} (${ENV.dataDir}) cannot be used: ${why}`;
}

function passing(detail: string): string | undefined {
  const [, why, remedy] = KNOWN.find(([says]) => says.test(detail)) ?? [];
  return why && `${why} (${oneLine(detail)}); ${remedy}, and run the command again`;
}

function oneLine(detail: string): string {
  return detail.replaceAll(/\s+/g, ' ');
}
