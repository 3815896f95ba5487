import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './child.ts';
import { BIN, ROOT } from './paths.ts';

/** The CDK's command line did not do what it was told. The message ends with what it printed. */
export class CdkError extends Error {
  override readonly name = 'CdkError';
}

/** Outputs of the deployed stack, by name. */
export type Outputs = Readonly<Record<string, string>>;

/** The CDK's command line on one stage. Every method throws a CdkError with what it printed. */
export interface Cdk {
  bootstrap(): Promise<void>;
  /** @returns the stack's outputs, and what was printed */
  deploy(): Promise<{ readonly outputs: Outputs; readonly printed: string }>;
  /** Fails when what is deployed differs from the code. @returns what was printed */
  diff(): Promise<string>;
  destroy(): Promise<void>;
}

const TIMEOUT_MS = 180_000;

/**
 * @param env the emulator's endpoints and credentials
 * @param folder an empty folder for everything that it writes
 */
export function createCdk(env: Readonly<Record<string, string>>, folder: string, stageFile: string): Cdk {
  mkdirSync(folder, { recursive: true });
  const outputsFile = join(folder, 'outputs.json');
  const run = async (...args: string[]) => {
    const common = [
      '--output',
      join(folder, 'cdk.out'),
      '-c',
      `stage=${stageFile}`,
      '--no-color',
      '--no-notices',
    ];
    const options = { cwd: ROOT, env: environment(env, folder), timeoutMs: TIMEOUT_MS };
    const { code, output } = await runCommand(join(BIN, 'cdk'), [...args, ...common], options);
    if (code !== 0) throw new CdkError(`cdk ${args[0]} ended with ${code}:\n${essence(output)}`);
    return output;
  };
  return {
    bootstrap: async () => void (await run('bootstrap', 'aws://000000000000/us-east-1')),
    deploy: async () => {
      const printed = await run('deploy', '--require-approval', 'never', '--outputs-file', outputsFile);
      return { outputs: readOutputs(outputsFile), printed };
    },
    diff: () => run('diff', '--fail'),
    destroy: async () => void (await run('destroy', '--force')),
  };
}

function environment(env: Readonly<Record<string, string>>, folder: string): Record<string, string> {
  return {
    ...env,
    PATH: [BIN, process.env['PATH']].join(delimiter),
    // Its caches and the bundler's temporary files go where everything else goes.
    HOME: folder,
    CDK_HOME: folder,
    TMPDIR: folder,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/** What failed, without the progress of what did not. */
function essence(output: string): string {
  const failures = output.split('Failed resources:').at(-1) ?? '';
  return failures.trim().split('\n').slice(-30).join('\n');
}

/** The file has one entry a stack; the app has one stack. */
function readOutputs(file: string): Outputs {
  const [outputs] = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Outputs>);
  if (outputs === undefined) throw new CdkError('the deployment wrote no outputs');
  return outputs;
}
