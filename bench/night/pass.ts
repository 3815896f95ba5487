import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { RunSummary } from '../../shared/catalog/run.ts';
import type { Passed } from '../throughput/passed.ts';
import type { Usage } from './tellUsage.ts';

/** A working copy of this repository, of this commit or an earlier one, with its packages installed. */
export interface Checkout {
  readonly name: string;
  readonly folder: string;
}

/** How the calls of a night are paced: by the budget, as the command line does, or not at all. */
export type Pace = 'budget' | 'none';

/** One night in a process of its own, from its start to its exit. */
export interface Pass extends Usage {
  readonly seconds: number;
  readonly status: string;
  readonly topics: number;
  /** Of the table; nothing is said of it where nothing paces the night. */
  readonly writeUnits?: number;
}

const TELL_USAGE = pathToFileURL(resolve('bench/night/tellUsage.ts')).href;

/** Invocations at once where nothing paces them, ten communities each. */
const CONSUMERS = '5';

/** Has a checkout's own program do one night. @throws when it fails, or the night is not COMPLETE */
export async function passOf(checkout: Checkout, pace: Pace, env: NodeJS.ProcessEnv): Promise<Pass> {
  const program =
    pace === 'budget' ? ['cli/main.ts', 'sync', '--json'] : ['bench/throughput/mirror.ts', CONSUMERS];
  const flags = ['--import', TELL_USAGE, ...nodeFlagsOf(checkout), ...program];
  const began = performance.now();
  const child = spawn(process.execPath, flags, {
    cwd: checkout.folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const [printed, usage, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit'),
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`the night of ${checkout.name} ended with ${code}: ${printed}`);
  const said = JSON.parse(printed.trim().split('\n').at(-1) as string);
  const pass = {
    seconds,
    ...(JSON.parse(usage) as Usage),
    ...(pace === 'budget' ? ofSummary(said as RunSummary) : ofPassed(said as Passed)),
  };
  if (pass.status !== 'COMPLETE') throw new Error(`the night of ${checkout.name} is ${pass.status}`);
  return pass;
}

function ofSummary({ status, topics, dynamodb }: RunSummary): Pick<Pass, 'status' | 'topics' | 'writeUnits'> {
  return { status, topics: topics.active, writeUnits: Math.round(dynamodb.writeUnits) };
}

function ofPassed({ status = '', topics }: Passed): Pick<Pass, 'status' | 'topics'> {
  return { status, topics };
}

/** What package.json gives Node for the commands: V8's own choice is more memory and no more speed. */
function nodeFlagsOf({ folder }: Checkout): string[] {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: { mirror: string };
  };
  return scripts.mirror.split(' ').filter((word) => word.startsWith('--'));
}
