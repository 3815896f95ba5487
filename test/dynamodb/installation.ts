import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, runCommand } from '../deploy/child.ts';
import { CACHE } from '../deploy/paths.ts';

const POM = join(import.meta.dirname, 'pom.xml');
const MANIFEST = 'installed.xml';

/** Maven looks for its downloads in the user's own repository, and finds them there the next time. */
const LIMIT = { timeoutMs: 300_000 };

/** DynamoDB Local could not be installed. The message is one line with the remedy. */
export class InstallationError extends Error {
  override readonly name = 'InstallationError';
}

/**
 * Installs DynamoDB Local as pom.xml pins it, under node_modules/.cache; an installation of the same pins is used again.
 * @returns the folder of its libraries
 * @throws {InstallationError} when Java ≥ 17 or Maven is not there, or the download fails
 */
export async function installDynamoDbLocal(): Promise<string> {
  const pins = readFileSync(POM, 'utf8');
  const folder = join(CACHE, `dynamodb-local-${createHash('sha256').update(pins).digest('hex').slice(0, 8)}`);
  if (existsSync(join(folder, MANIFEST))) return folder;
  await must(run('java', ['-version']), 'java -version (Debian: apt install default-jre-headless)');
  await must(run('mvn', ['-version']), 'mvn -version (Debian: apt install maven)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await must(download(folder), GOAL);
  writeFileSync(join(folder, MANIFEST), pins);
  return folder;
}

const GOAL = 'dependency:copy-dependencies';

/** Of some eighty files one may fail to come; Maven asks again only for what it is told to (`-U`). */
const ATTEMPTS = 3;

async function download(folder: string): Promise<Finished> {
  const flags = ['--quiet', '--batch-mode', '-U', '-f', POM, `-DoutputDirectory=${folder}`];
  for (let attempt = 1; ; attempt++) {
    const finished = await run('mvn', [...flags, GOAL]);
    if (finished.code === 0 || attempt === ATTEMPTS) return finished;
  }
}

function run(command: string, args: readonly string[]): Promise<Finished> {
  return runCommand(command, args, LIMIT).catch((error: Error) => ({
    code: null,
    stdout: '',
    output: error.message,
  }));
}

async function must(command: Promise<Finished>, name: string): Promise<void> {
  const { code, output } = await command;
  if (code === 0) return;
  const line = output.split('\n').find((one) => one.includes('ERROR')) ?? output.trim().split('\n').at(-1);
  throw new InstallationError(`DynamoDB Local needs Java ≥ 17 and Maven; ${name} failed: ${line}`);
}
