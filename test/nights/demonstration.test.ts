import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, freshDataDir } from '../cli/topicMirror.ts';

const START = join(import.meta.dirname, '..', '..', 'cli', 'start.ts');

/** What a demonstration prints. Without settings of the developer's own it is of a simulated app. */
async function demonstrated(dataDir: string): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH, TOPIC_MIRROR_DATA_DIR: dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', START], { env });
  return stdout;
}

describe('the demonstration', () => {
  let first: string;
  let second: string;
  beforeAll(async () => {
    const dataDir = freshDataDir();
    first = await demonstrated(dataDir);
    second = await demonstrated(dataDir);
  }, 180_000);

  afterAll(cleanUp);

  it('tells the first night as a baseline, and no change of it', () => {
    const [night = ''] = first.split('A day passes');
    expect(night).toMatch(/ {2}baseline: \d+ topics of communities that are new to the mirror/);
    expect(night).not.toMatch(/ (updated|created|deleted|messages in)/);
  });

  it('finds in the second night what the day has brought, edits and messages apart', () => {
    const [, edited, created, , messages, topics] =
      /A day passes in the app: (\d+) topics edited, (\d+) created, (\d+) deleted; .*; (\d+) messages in (\d+) topics\./.exec(
        first,
      ) ?? [];
    const [, night = ''] = first.split('Second night');
    expect(night).toContain(`  updated (${edited})\n`);
    expect(night).toContain(`  created (${created})\n`);
    expect(night).toContain(`  messages     ${messages} new, in ${topics} topics\n`);
    expect(night).toContain(`  messages in ${topics} topics, the busiest:\n`);
    expect(night).toMatch(/”: \d+ new\n/);
    expect(night).not.toMatch(/nextMsgSeq|lastMsgTime/);
  });

  it('ends with a catalog that equals the app', () => {
    for (const output of [first, second])
      expect(output).toMatch(/Checked: the catalog's \d+ active topics equal the app's, field by field;/);
  });

  it('goes on where it was: its next first night finds nothing', () => {
    const [night = ''] = second.split('A day passes');
    expect(night).toMatch(/ {2}topics {7}(\d+) active, \1 unchanged\n/);
    expect(night).toContain('  messages     0 new, in 0 topics\n');
  });
});
