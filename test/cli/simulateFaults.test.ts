import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, start, topicMirror } from './topicMirror.ts';

afterAll(cleanUp);

describe('simulate with faults', () => {
  it('serves an app whose API misbehaves as it is told', async () => {
    const args = [
      'simulate',
      '--port',
      '0',
      '--fault-rate',
      '0.25',
      '--fault-seed',
      '7',
      '--faults',
      'hang,code-10002',
    ];
    const { child, ended } = start(args, {});
    const url = await new Promise<string>((resolve) => {
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    expect(await (await fetch(`${url}/simulator/faults`)).json()).toEqual({
      random: { seed: 7, rate: 0.25, kinds: ['hang', 'code-10002'] },
      switches: [],
    });
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  }, 30_000);

  it.each([
    [['--fault-rate', '2'], '--fault-rate is "2"; it must be from 0 to 1'],
    [['--fault-rate', '0.1', '--faults', 'nonsense'], 'no such kind of fault: "nonsense"'],
    [['--faults', 'hang'], '--faults needs --fault-rate'],
  ])(
    '%j is exit 1 with what is wrong',
    async (args, problem) => {
      const { exitCode, stderr, stdout } = await topicMirror(['simulate', '--port', '0', ...args], {});
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain(problem);
    },
    30_000,
  );
});
