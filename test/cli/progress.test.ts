import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createNightProgress } from '../../cli/output/progress.ts';

/** A terminal, and what has been written to it so far. */
function terminal() {
  const shown: string[] = [];
  const stream = new PassThrough().on('data', (chunk) => shown.push(String(chunk)));
  return {
    shown,
    stream: Object.assign(stream, { isTTY: true, columns: 100 }) as unknown as NodeJS.WriteStream,
  };
}

describe('a progress bar', () => {
  it('says what it counts, and draws nothing more once it is stopped', () => {
    const { shown, stream } = terminal();
    const progress = createNightProgress('putting back', stream, 'calls/s', 'topics');
    progress.update(3, 7);
    progress.stop();
    expect(shown.join('')).toContain('3/7 topics');
    const before = shown.length;
    progress.stop();
    expect(shown).toHaveLength(before);
  });
});
