import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Effort } from './measured.ts';

/** A process that is measured between two moments; see measured.ts for its side. */
export interface Child<Counted extends object> {
  /** What it sent once it was ready. */
  readonly ready: Promise<string>;
  readonly pid: number;
  begin(): Promise<void>;
  end(): Promise<Counted & Effort>;
  stop(): Promise<void>;
}

/** Starts a script in a process of its own. Every promise rejects when that ends before it was told to. */
export function startChild<Counted extends object>(
  script: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Child<Counted> {
  const child = spawn(process.execPath, [script, ...flags], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const next = async () => {
    const died = ended.then(([code, signal]) => {
      throw new Error(`${script} ended early (${code ?? signal})`);
    });
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message as unknown;
  };
  const ask = (question: 'begin' | 'end') => {
    const answer = next();
    child.send(question);
    return answer;
  };
  return {
    ready: next() as Promise<string>,
    pid: child.pid as number,
    begin: async () => void (await ask('begin')),
    end: () => ask('end') as Promise<Counted & Effort>,
    stop: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill();
  await ended;
}
