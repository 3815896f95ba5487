import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from '../shared/logger.ts';

/** Where a run's log lines go. */
export interface LogFile {
  readonly path: string;
  readonly sink: LogSink;
  close(): Promise<void>;
}

/** Logs that are kept: a month of nights. */
const KEPT = 30;

/** Appends a run's JSON lines to a file of its own below the data directory: stdout is for data. */
export function openLogFile(dataDir: string, runId: string): LogFile {
  // Colons stand in run ids and may not stand in file names everywhere.
  const path = join(dataDir, 'logs', `${runId.replaceAll(':', '-')}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  forgetOldest(dirname(path));
  const stream = createWriteStream(path, { flags: 'a' });
  return {
    path,
    sink: (line) => {
      stream.write(`${line}\n`);
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}

/** Makes room for one more; the names sort by time. */
function forgetOldest(folder: string): void {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  for (const name of logs.sort().slice(0, -(KEPT - 1))) rmSync(join(folder, name));
}
