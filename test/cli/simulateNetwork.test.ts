import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, start, topicMirror } from './topicMirror.ts';

afterAll(cleanUp);

const served = (flags: readonly string[]) => start(['simulate', '--port', '0', ...flags], {});

async function urlOf({ child }: ReturnType<typeof start>): Promise<string> {
  return new Promise((resolve) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
}

describe('simulate with a network', () => {
  it('serves an app whose calls take their time on the way and at the API', async () => {
    const simulate = served([
      '--network',
      '200',
      '--stalls',
      '1',
      '--latency',
      '100',
      '--latency-sigma',
      '0',
    ]);
    const url = await urlOf(simulate);
    const startedAt = performance.now();
    await fetch(`${url}/v4/no_such_service/no_such_api`, { method: 'POST', body: '{}' });
    const elapsedMs = performance.now() - startedAt;
    // 100 at the API, at least 50 held up, and a way that is seldom half its median.
    expect(elapsedMs).toBeGreaterThanOrEqual(240);
    simulate.child.kill('SIGTERM');
    expect((await simulate.ended).exitCode).toBe(0);
  }, 30_000);

  it.each([
    [['--stalls', '1 %'], '--stalls is "1 %"; it must be from 0 to 1'],
    [['--network', 'slow'], '--network is "slow"; it must be from 0 to 60000'],
    [['--latency-sigma', '0.8'], '--latency-sigma needs --latency'],
  ])(
    '%j is exit 1 with what is wrong',
    async (flags, problem) => {
      const { exitCode, stderr, stdout } = await topicMirror(['simulate', '--port', '0', ...flags], {});
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain(problem);
    },
    30_000,
  );
});
