import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, runCommand } from '../child.ts';
import { CACHE } from '../paths.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const MANIFEST = 'installed.txt';

/** MiniStack could not be installed. The message is one line with the remedy. */
export class InstallationError extends Error {
  override readonly name = 'InstallationError';
}

/**
 * Installs MiniStack as requirements.txt pins it into a virtual environment of its own under node_modules/.cache; an
 * installation of the same pins is used again.
 * @returns the environment's Python
 * @throws {InstallationError} when there is no Python ≥ 3.10 with venv, or pip fails
 */
export async function installMiniStack(): Promise<string> {
  const pins = readFileSync(REQUIREMENTS, 'utf8');
  const id = createHash('sha256').update(pins).digest('hex').slice(0, 8);
  const version = /^ministack==(\S+)$/m.exec(pins)?.[1] ?? 'unknown';
  const folder = join(CACHE, `ministack-${version}-${id}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, MANIFEST)) && (await works(python))) return python;
  rmSync(folder, { recursive: true, force: true });
  await requirePython();
  await must(
    runCommand('python3', ['-m', 'venv', folder], LIMIT),
    'python3 -m venv (Debian: apt install python3-venv)',
  );
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '-r',
    REQUIREMENTS,
  ];
  await must(runCommand(python, pip, LIMIT), 'pip install');
  writeFileSync(join(folder, MANIFEST), pins);
  return python;
}

const LIMIT = { timeoutMs: 180_000 };

/** The interpreter that the environment was made from may be gone. */
async function works(python: string): Promise<boolean> {
  return (await attempt(runCommand(python, ['-c', 'import ministack'], LIMIT))).code === 0;
}

async function requirePython(): Promise<void> {
  const probe = ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'];
  if ((await attempt(runCommand('python3', probe, LIMIT))).code === 0) return;
  throw new InstallationError(
    'the deployment test needs python3 ≥ 3.10 with venv on the PATH; install it and run again',
  );
}

async function must(command: Promise<Finished>, name: string): Promise<void> {
  const { code, output } = await attempt(command);
  if (code === 0) return;
  const lastLine = output.trim().split('\n').at(-1) ?? '';
  throw new InstallationError(`${name} failed: ${lastLine}`);
}

async function attempt(command: Promise<Finished>): Promise<Finished> {
  return command.catch((error: Error) => ({ code: null, stdout: '', output: error.message }));
}
