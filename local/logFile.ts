import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from '../shared/logger.ts';

/** Where a run's log lines go. */
export interface LogFile {
  readonly path: string;
  readonly sink: LogSink;
  close(): Promise<void>;
}

/** Appends a run's JSON lines to a file of its own below the data directory: stdout is for data. */
export function openLogFile(dataDir: string, runId: string): LogFile {
  // Colons stand in run ids and may not stand in file names everywhere.
  const path = join(dataDir, 'logs', `${runId.replaceAll(':', '-')}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: 'a' });
  return {
    path,
    sink: (line) => {
      stream.write(`${line}\n`);
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
