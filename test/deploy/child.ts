import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from './wait.ts';

/** What a finished command said. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  /** stdout and stderr, as they came. */
  readonly output: string;
}

/**
 * Runs a command to its end.
 * @param timeoutMs when it is killed, with all of its own children
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, ...options }: Pick<SpawnOptions, 'env' | 'cwd'> & { readonly timeoutMs: number },
): Promise<Finished> {
  const child = spawnGroup(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, output] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const timer = setTimeout(() => {
    output += `\n${command} was killed after ${timeoutMs / 1000} s\n`;
    killGroup(child, 'SIGKILL');
  }, timeoutMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  groups.delete(child);
  return { code, stdout, output };
}

/** Groups that have been started and not been stopped. */
const groups = new Set<ChildProcess>();

/** Starts a command as the leader of a process group of its own, so that all of its children can be stopped. */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  groups.add(child);
  return child;
}

/**
 * Stops a group: asks, then kills.
 * @throws {Error} naming the processes that are still there
 */
export async function stopGroup(child: ChildProcess): Promise<void> {
  killGroup(child, 'SIGTERM');
  const gone = () => (processesIn(child).length === 0 ? true : undefined);
  await waitFor('the processes to end', { timeoutMs: 5000 }, gone).catch(() => killGroup(child, 'SIGKILL'));
  await waitFor(`process group ${child.pid} to be killed`, { timeoutMs: 5000 }, gone).catch(() => {
    throw new Error(`processes are left behind:\n${processesIn(child).join('\n')}`);
  });
  groups.delete(child);
}

/** Kills everything that is still running, at once: for the way out. */
export function killAllGroups(): void {
  for (const child of groups) killGroup(child, 'SIGKILL');
}

/** The group's living processes, as `ps` shows them. */
export function processesIn({ pid }: ChildProcess): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,pid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => {
    const [group, , state] = line.trim().split(/\s+/);
    return Number(group) === pid && !state?.startsWith('Z');
  });
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
