import { describe, expect, it } from '@jest/globals';
import { createLogger, errorFields } from '../../shared/logger.ts';
import { RUN_ID } from '../builders.ts';

function capture(base = {}) {
  const lines: string[] = [];
  return {
    lines,
    logger: createLogger(
      (line) => lines.push(line),
      base,
      () => Date.parse(RUN_ID),
    ),
  };
}

describe('a log line', () => {
  it('is one JSON object with time, level, event and fields', () => {
    const { lines, logger } = capture();
    logger.info('community.synced', { groupId: 'g\n"h"', calls: 1 });
    logger.warn('api.error');
    logger.error('run.halted');
    expect(lines).toEqual([
      `{"time":"${RUN_ID}","level":"info","event":"community.synced","groupId":"g\\n\\"h\\"","calls":1}`,
      `{"time":"${RUN_ID}","level":"warn","event":"api.error"}`,
      `{"time":"${RUN_ID}","level":"error","event":"run.halted"}`,
    ]);
  });

  it('carries the ids that its logger was given, the newest of each', () => {
    const { lines, logger } = capture({ sdkAppId: 1 });
    logger.with({ runId: 'a', groupId: 'g' }).with({ runId: 'b' }).info('e', { groupId: 'h' });
    expect(JSON.parse(lines[0] as string)).toMatchObject({ sdkAppId: 1, runId: 'b', groupId: 'h' });
  });

  it('leaves the logger that it came from as it was', () => {
    const { lines, logger } = capture();
    logger.with({ runId: 'a' });
    logger.info('e');
    expect(JSON.parse(lines[0] as string)).not.toHaveProperty('runId');
  });

  it('keeps its own time, level and event whatever the fields are called', () => {
    const { lines, logger } = capture({ level: 'base' });
    logger.warn('api.error', { level: 'topic', event: 'other', time: 0, code: 10010 });
    expect(JSON.parse(lines[0] as string)).toEqual({
      time: RUN_ID,
      level: 'warn',
      event: 'api.error',
      code: 10010,
    });
    expect(lines[0]).toMatch(/^\{"time":/);
  });

  it('prints integers that are too large for a number to their last digit', () => {
    const { lines, logger } = capture();
    logger.info('communities.listed', { next: 18446744073709551615n });
    expect(lines[0]).toContain('"next":"18446744073709551615"');
  });
});

describe('what a log line says of an error', () => {
  it('is its name and message, and never its stack', () => {
    expect(errorFields(new RangeError('too far'))).toEqual({ error: 'RangeError', message: 'too far' });
  });

  it('is never more than the first 500 characters of the message', () => {
    expect(errorFields(new Error('x'.repeat(9000)))).toEqual({ error: 'Error', message: 'x'.repeat(500) });
  });

  it.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
  ])('holds for anything thrown: %j', (thrown, message) => {
    expect(errorFields(thrown)).toEqual({ error: 'Error', message });
  });
});
