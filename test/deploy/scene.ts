import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type CommandLine, createCommandLine } from './commandLine.ts';
import { type Aws, createAws } from './deployed.ts';
import { LOG_FILE, type MiniStack, startMiniStack } from './emulator/ministack.ts';
import { keepFunctionLogs } from './functionLogs.ts';
import { type Simulated, startSimulated, type TestApp } from './simulated.ts';
import type { Steps } from './steps.ts';

/** Everything that is there before anything is deployed. */
export interface Scene {
  /** Where everything is written; it goes with the scene. */
  readonly folder: string;
  readonly miniStack: MiniStack;
  readonly simulated: Simulated;
  readonly aws: Aws;
  readonly commandLine: CommandLine;
}

/** Signs nothing that the simulated app accepts. */
const OLD_KEY = '0'.repeat(64);

/** A folder of the system's temporary ones. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'topic-mirror-deploy-'));
}

/** Removes the folder with everything in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Sets the scene, hands it to `work`, and clears it away whatever came of it. After a failure the last lines of the
 * emulator and of the functions are printed.
 */
export async function withScene<T>(
  steps: Steps,
  folder: string,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  const simulated = await startSimulated();
  try {
    const start = () => startMiniStack(join(folder, 'ministack'));
    const miniStack = await steps.run('start MiniStack', start, ({ url }) => url);
    const aws = createAws(miniStack.env);
    const commandLine = createCommandLine(miniStack.env, folder);
    try {
      await storeSecret(aws, simulated.large, simulated.large.secretKey);
      await storeSecret(aws, simulated.small, OLD_KEY);
      return await work({ folder, miniStack, simulated, aws, commandLine });
    } catch (error) {
      await tellWhatHappened(miniStack, aws);
      throw error;
    } finally {
      await steps.run('stop MiniStack, with every process of it', () => miniStack.stop());
    }
  } finally {
    await simulated.close();
  }
}

async function tellWhatHappened(miniStack: MiniStack, aws: Aws): Promise<void> {
  const lines = miniStack.lastLines(25).map((line) => line.slice(0, 300));
  console.error(`\nMiniStack said at last (all of it: ${LOG_FILE}):\n${lines.join('\n')}`);
  await keepFunctionLogs(aws).catch((error: Error) =>
    console.error(`the functions' logs cannot be read: ${error.message}`),
  );
}

async function storeSecret({ secrets }: Aws, { secretId }: TestApp, SecretString: string): Promise<void> {
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString }));
}
