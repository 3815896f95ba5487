import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const Address = v.object({ url: v.string(), key: v.string() });

const Shared = v.object({
  pid: v.pipe(v.number(), v.integer()),
  dynamodb: Address,
  sqs: v.optional(Address),
});

/**
 * The embedded servers of a command that is at work, as other commands of this user reach them meanwhile: their keys are in
 * a file that nobody else may read.
 */
export type SharedServers = v.InferOutput<typeof Shared>;

/**
 * Tells other commands where the servers are that hold a data directory: its database has room for one process.
 * @returns takes the word back
 */
export function shareServers(dataDir: string, servers: Omit<SharedServers, 'pid'>): () => void {
  const path = pathIn(dataDir);
  const written = `${path}.${process.pid}`;
  writeFileSync(written, `${JSON.stringify({ pid: process.pid, ...servers })}\n`, { mode: 0o600 });
  renameSync(written, path);
  return () => rmSync(path, { force: true });
}

/** The servers that hold a data directory, if their process lives; one that was killed has left its word behind. */
export function sharedServers(dataDir: string): SharedServers | undefined {
  try {
    const servers = v.parse(Shared, JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
    return isAlive(servers.pid) ? servers : undefined;
  } catch {
    return undefined;
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'servers.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
