import { describe, expect, it } from '@jest/globals';
import { createLogger, errorFields, type Logger, withLogIds } from '../../shared/logger.ts';
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
    logger.with({ runId: 'a', groupId: 'g' }).with({ runId: 'b' }).info('run.closed', { groupId: 'h' });
    expect(JSON.parse(lines[0] as string)).toMatchObject({ sdkAppId: 1, runId: 'b', groupId: 'h' });
  });

  it('leaves the logger that it came from as it was', () => {
    const { lines, logger } = capture();
    logger.with({ runId: 'a' });
    logger.info('run.closed');
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

describe('a log line', () => {
  it('shows what a terminal would obey, and is the same JSON', () => {
    const { lines, logger } = capture();
    const hostile = '\u009b2J\u202eevil\u2028';
    logger.warn('community.failed', { message: hostile });
    expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ message: hostile });
  });

  it('of an event that is not among the events, or of another level, does not compile', () => {
    const compiledOnly = (logger: Logger) => {
      // @ts-expect-error there is no such event
      logger.info('comunity.synced');
      // @ts-expect-error a run that is halted is an error
      logger.info('run.halted');
      logger.warn('community.synced');
    };
    expect(compiledOnly).toBeInstanceOf(Function);
  });
});

describe('the ids of what is under way', () => {
  it('stand on the lines of a logger that was made before, and on no other line', async () => {
    const { lines, logger } = capture({ sdkAppId: 1 });
    const work = async (groupId: string) => {
      await Promise.resolve();
      logger.warn('api.error', { code: 10010 });
      return groupId;
    };
    const both = ['g', 'h'].map((groupId) => withLogIds({ runId: 'r', groupId }, () => work(groupId)));
    expect(await Promise.all(both)).toEqual(['g', 'h']);
    logger.warn('api.error');
    const [first, second, outside] = lines.map((line) => JSON.parse(line) as object);
    expect(first).toMatchObject({ sdkAppId: 1, runId: 'r', groupId: 'g', code: 10010 });
    expect(second).toMatchObject({ runId: 'r', groupId: 'h' });
    expect(outside).not.toHaveProperty('runId');
  });

  it('add up, and a line’s own fields win', () => {
    const { lines, logger } = capture();
    withLogIds({ requestId: 'q', runId: 'r' }, () =>
      withLogIds({ groupId: 'g' }, () => logger.info('community.synced', { runId: 'own' })),
    );
    expect(JSON.parse(lines[0] as string)).toMatchObject({ requestId: 'q', groupId: 'g', runId: 'own' });
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
