import { createWriteStream, readdirSync, rmSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from '../shared/logger.ts';
import { isRunId } from '../shared/runId.ts';
import { makeFolder } from './makeFolder.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER, takeFromOthers } from './privateFolder.ts';

/** Where a run's log lines go. */
export interface LogFile {
  readonly path: string;
  readonly sink: LogSink;
  /** @returns why lines are missing from the file, if any are: no run ends because of its log */
  close(): Promise<Error | undefined>;
}

/** Logs that are kept: a month of nights. */
const KEPT = 30;

/**
 * Appends a run's JSON lines to a file of its own below the data directory: stdout is for data. The file is made with the
 * first line. @throws {RangeError} for what is no run's id, since the file is named after it
 */
export function openLogFile(dataDir: string, runId: string): LogFile {
  if (!isRunId(runId)) throw new RangeError(`${JSON.stringify(runId)} is not the id of a run`);
  // Colons stand in run ids and may not stand in file names everywhere.
  const path = join(dataDir, 'logs', `${runId.replaceAll(':', '-')}.jsonl`);
  let stream: WriteStream | undefined;
  let lost: Error | undefined;
  const lose = (error: Error) => {
    lost ??= error;
  };
  return {
    path,
    sink: (line) => {
      if (lost) return;
      try {
        stream ??= appendTo(path).on('error', lose);
        stream.write(`${line}\n`);
      } catch (error) {
        lose(error as Error);
      }
    },
    close: async () => {
      // Told of an error too; then there is nothing left to write.
      await new Promise((resolve) => (stream ? stream.end(resolve) : resolve(undefined)));
      return lost;
    },
  };
}

function appendTo(path: string): WriteStream {
  const folder = dirname(path);
  makeFolder(folder, PRIVATE_FOLDER);
  takeFromOthers(folder);
  forgetOldest(folder);
  return createWriteStream(path, { flags: 'a', mode: PRIVATE_FILE });
}

/** Makes room for one more; the names sort by time. */
function forgetOldest(folder: string): void {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  for (const name of logs.sort().slice(0, -(KEPT - 1))) rmSync(join(folder, name));
}
