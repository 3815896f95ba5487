import { describe, expect, it } from '@jest/globals';
import { withTrouble } from '../../cli/output/trouble.ts';
import { createLogger } from '../../shared/logger.ts';

/** A logger with notices, on a clock of the test's. */
function noticed() {
  let time = 0;
  const lines: string[] = [];
  const said: string[] = [];
  const sink = withTrouble(
    (line) => lines.push(line),
    (line) => said.push(line),
    () => time,
  );
  return {
    logger: createLogger(sink),
    lines,
    said,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('trouble during a night', () => {
  it('is said once, and again when it goes on', () => {
    const { logger, said, lines, pass } = noticed();
    for (let community = 0; community < 5; community++) {
      logger.warn('community.failed', { message: 'get_topic: 127.0.0.1:1 refused the connection' });
    }
    expect(said).toEqual([
      'topic-mirror: get_topic: 127.0.0.1:1 refused the connection (it will be tried again)',
    ]);
    pass(20_000);
    logger.warn('community.failed', { message: 'still so' });
    expect(said).toHaveLength(2);
    expect(lines).toHaveLength(6);
  });

  it('is not what a community or a run says in the ordinary course', () => {
    const { logger, said } = noticed();
    logger.info('community.synced', { message: 'fine' });
    logger.warn('community.synced', { message: '11000: the community feature is not enabled' });
    expect(said).toEqual([]);
  });
});
