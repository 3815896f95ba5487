import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSimulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from './topicMirror.ts';

/** How often something is tried that goes wrong by chance, where it does. */
const TIMES = [1, 2, 3, 4, 5];

let env: Record<string, string>;

beforeAll(async () => {
  const simulator = createSimulator({ communities: 120, topicsPerCommunity: 12 });
  env = settingsFor(await simulator.listen(), freshDataDir());
  expect(await topicMirror(['sync'], env)).toMatchObject({ exitCode: 0 });
  await simulator.close();
}, 60_000);

afterAll(cleanUp);

describe('a listing', () => {
  it('whose reader has enough ends without a word, exit 0', async () => {
    for (const _ of TIMES)
      expect(await listed('| head -n 1 > /dev/null')).toEqual({ exitCode: 0, stderr: '' });
  }, 60_000);

  it('whose disk is full says so in one line, exit 1', async () => {
    expect(await listed('> /dev/full')).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^topic-mirror: stdout cannot be written: ENOSPC.*\n$/),
    });
  });

  it('that ends at its limit ends well, though more has been asked for', async () => {
    for (const _ of TIMES) {
      const { exitCode, stderr } = await topicMirror(['topics', '--limit', '3'], env);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringMatching(/^there is more; to go on: --after \S+\n$/),
      });
    }
  }, 60_000);
});

/** Lists all topics in a shell. @param into where its stdout goes */
async function listed(into: string): Promise<{ exitCode: unknown; stderr: string }> {
  const command = [process.execPath, join(import.meta.dirname, '../../cli/main.ts'), 'topics'];
  const script = `"$@" ${into}; exit \${PIPESTATUS[0]}`;
  const shell = spawn('bash', ['-c', script, 'bash', ...command, '--format', 'jsonl'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[exitCode], stderr] = await Promise.all([once(shell, 'exit'), text(shell.stderr)]);
  return { exitCode, stderr };
}
