import { join } from 'node:path';
import { type Finished, runCommand } from './child.ts';
import { ROOT } from './paths.ts';
import { STACK } from './stage.ts';
import { expectThat } from './steps.ts';

/** The project's command line on the deployed stack. */
export interface CommandLine {
  /** Runs a command to its end, whatever its exit code. */
  run(sdkAppId: number, ...args: string[]): Promise<Finished>;
  /** The records that a listing prints. @throws {ExpectationError} when the command fails */
  list(sdkAppId: number, ...args: string[]): Promise<Record<string, unknown>[]>;
}

/** @param env the emulator's endpoint and credentials */
export function createCommandLine(env: Readonly<Record<string, string>>, folder: string): CommandLine {
  const run = (sdkAppId: number, ...args: string[]) =>
    runCommand(
      process.execPath,
      [join(ROOT, 'cli', 'main.ts'), ...args, '--stack', STACK, '--app', String(sdkAppId)],
      // Of the developer's own settings none but the path: the deployment is found by its stack alone.
      { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env }, timeoutMs: 120_000 },
    );
  const list = async (sdkAppId: number, ...args: string[]) => {
    const { code, stdout, output } = await run(sdkAppId, ...args, '--format', 'jsonl');
    expectThat(code === 0, `topic-mirror ${args.join(' ')} ended with ${code}:\n${output}`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { run, list };
}
