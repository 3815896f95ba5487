import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A process that serves until it is stopped. */
export interface Served {
  /** The first line that it printed: its address. */
  readonly line: string;
  readonly pid: number;
  /** CPU that it has used, user and system. It must answer for it: see tellCpu.ts. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a server that prints its address as its first line. @param folder the checkout whose script it is, default this one
 * @throws when it ends without one
 */
export async function serve(script: string, flags: readonly string[] = [], folder = '.'): Promise<Served> {
  const child = start(script, flags, process.env, folder);
  const ended = once(child, 'exit');
  const line = await firstLine(child, script);
  return {
    line,
    pid: child.pid,
    cpuMs: async () => {
      child.send('cpu');
      const [cpuMs] = (await once(child, 'message')) as [number];
      return cpuMs;
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** Runs a script to its end. @returns the object that it printed as one line of JSON @throws when it printed none */
export async function reportOf<Report>(
  script: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Report> {
  const child = start(script, flags, env);
  const ended = once(child, 'exit');
  const line = await firstLine(child, script);
  await ended;
  return JSON.parse(line) as Report;
}

type Child = ChildProcess & { readonly stdout: Readable; readonly pid: number };

function start(script: string, flags: readonly string[], env: NodeJS.ProcessEnv, cwd = '.'): Child {
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
  return spawn(process.execPath, [script, ...flags], { env, cwd, stdio: [...stdio] }) as Child;
}

async function firstLine(child: Child, script: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${script} ended without a word`);
}
