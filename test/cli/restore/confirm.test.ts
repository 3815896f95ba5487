import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { confirm } from '../../../cli/restore/confirm.ts';

async function answered(answer: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(answer);
  const agreed = await confirm('Put back 2 topics?', input, output);
  output.end();
  return { agreed, shown: await text(output) };
}

describe('the question before topics are put back', () => {
  it.each(['y\n', 'yes\n', 'Y\n'])('is agreed to by %j', async (answer) => {
    const { agreed, shown } = await answered(answer);
    expect(agreed).toBe(true);
    expect(shown).toContain('Put back 2 topics? [y/N]');
  });

  it.each(['n\n', '\n', 'yeah, no\n', ''])('is not agreed to by %j', async (answer) => {
    expect((await answered(answer)).agreed).toBe(false);
  });

  it('lets go of the terminal once it is answered, so that the command can end', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const agreed = confirm('Put back 2 topics?', input, output);
    input.write('y\n');
    expect(await agreed).toBe(true);
    expect(input.isPaused()).toBe(true);
  });

  it('leaves what follows a line of its own when it is not answered', async () => {
    expect((await answered('')).shown).toMatch(/\n$/);
  });
});
