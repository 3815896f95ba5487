import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellWord } from '../../../lambdas/announce-run/commands.ts';
import type { Deletions } from '../../../lambdas/announce-run/deletions.ts';
import { composeMessage, MOST_BYTES } from '../../../lambdas/announce-run/message.ts';
import { duration } from '../../../lambdas/announce-run/text.ts';
import type { RunClosedEvent } from '../../../shared/events.ts';
import { ids } from '../../arbitraries.ts';
import { APP, at, GROUP, RUN_ID } from '../../builders.ts';
import { outcome } from '../publish-changes/records.ts';
import { tombstone } from './tombstones.ts';

const NONE: Deletions = { topics: [], found: 0 };

/** What a run's event says; `topics` and `communities` are counts that differ from a quiet night's. */
function event({
  topics = {},
  communities = {},
  ...fields
}: Partial<RunClosedEvent> & {
  topics?: Partial<RunClosedEvent['summary']['topics']>;
  communities?: Partial<RunClosedEvent['summary']['communities']>;
} = {}): RunClosedEvent {
  const ended = outcome(fields);
  const summary = {
    ...ended.summary,
    topics: { ...ended.summary.topics, ...topics },
    communities: { ...ended.summary.communities, ...communities },
  };
  return { version: 1, sdkAppId: APP, ...ended, summary };
}

const compose = (run: RunClosedEvent, deletions = NONE) => composeMessage(run, deletions, 'mirror-prod');

describe('the message of a quiet night', () => {
  it('is a few lines that say when, how much, and that nothing was deleted', () => {
    const { subject, body } = compose(event());
    expect(subject).toBe('Topic Mirror 1400000000: COMPLETE, 0 topics deleted');
    expect(body).toBe(`Run ${RUN_ID} of the app 1400000000 is COMPLETE.
It ran from ${at(1)} to ${at(731)} (12 min 10 s).

Communities  521 listed, 182 synced, 334 unchanged, 0 failed, 5 unsupported, 0 ignored, 0 deleted
Topics       3112 active, 0 baseline, 50 created, 160 updated, 2902 unchanged, 0 deleted, 0 restored, 28 missing, 0 held
Messages     12345 new, in 640 topics
API          524 calls (1 of them to list), 2 retries, 0 rate-limited, peak 195/s
DynamoDB     1205 write units, 630 read units

No topic was deleted.
`);
  });
});

describe('the message of a first night', () => {
  it('counts the topics that the communities were first seen with apart', () => {
    const { body } = compose(event({ topics: { baseline: 3112, created: 0, updated: 0, unchanged: 0 } }));
    expect(body).toContain('Topics       3112 active, 3112 baseline, 0 created, 0 updated, 0 unchanged,');
  });
});

describe('a field that may be a counter', () => {
  it('is named, and where to say so', () => {
    const run = event();
    const noisyFields = [{ field: 'HotScore', topics: 1234 }];
    const { body } = compose({ ...run, summary: { ...run.summary, noisyFields } });
    expect(body).toContain(
      '\n\nextra.HotScore changed in 1,234 topics without a change of any known field; if it is a counter, add it to `counters` of the app in its stage\n\n',
    );
  });
});

describe('a deleted topic', () => {
  it('is named with its ids, its community, the time and the command that puts it back', () => {
    const run = event({ topics: { deleted: 1 } });
    const { subject, body } = compose(run, { topics: [tombstone({ topicId: "it's $1" })], found: 1 });
    expect(subject).toBe('Topic Mirror 1400000000: COMPLETE, 1 topic deleted');
    expect(body).toContain(`1 topic was deleted. To put one back, run its command:

“Announcements” (it's $1)
  in ${GROUP}, observed ${at(20)}
  npm run -s mirror -- restore --stack mirror-prod --group '${GROUP}' --topic 'it'\\''s $1' --app 1400000000
`);
  });

  it('that nobody can read yet is counted, and where to look is said', () => {
    const run = event({ topics: { deleted: 3 } });
    const { body } = compose(run, { topics: [tombstone()], found: 1 });
    expect(body).toContain('3 topics were deleted.');
    expect(body).toContain(
      'and 2 more: npm run -s mirror -- topics --stack mirror-prod --status deleted --app 1400000000',
    );
    expect(body).toContain('(2 of them were not yet to be read in the index)');
  });

  it('has no name when the API never sent one', () => {
    const nameless = tombstone({ profile: {} });
    const { body } = compose(event({ topics: { deleted: 1 } }), { topics: [nameless], found: 1 });
    expect(body).toContain('a topic without a name (');
  });
});

describe('a run that is not COMPLETE', () => {
  it('says why, and which communities failed with which error', () => {
    const run = event({
      status: 'INCOMPLETE',
      reasons: ['3 communities failed'],
      failures: [
        { groupId: '@TGS#one', code: 10002, message: 'server error' },
        { groupId: '@TGS#two', message: 'no consumer reached it' },
      ],
      communities: { failed: 3 },
    });
    const { subject, body } = compose(run);
    expect(subject).toBe('Topic Mirror 1400000000: INCOMPLETE, 0 topics deleted, 3 communities failed');
    expect(body).toContain(`is INCOMPLETE:\n  - 3 communities failed\n`);
    expect(body).toContain(`3 communities failed; the last good snapshots stay:
  - @TGS#one: 10002 server error
  - @TGS#two: no consumer reached it
  - and 1 more
`);
  });

  it('says what is held and how it is seen and released', () => {
    const run = event({ status: 'HELD', reasons: ['600 held: over 500'], topics: { held: 600 } });
    const { subject, body } = compose(run);
    expect(subject).toBe('Topic Mirror 1400000000: HELD, 0 topics deleted, 600 deletions held');
    expect(body).toContain('held, 600 topics among them');
    expect(body).toContain('npm run -s mirror -- deletions --stack mirror-prod --app 1400000000\n');
    expect(body).toContain(
      `npm run -s mirror -- deletions --approve ${RUN_ID} --stack mirror-prod --app 1400000000\n`,
    );
  });

  it('that a person has released says when', () => {
    expect(compose(event({ approvedAt: at(9000) })).body).toContain(`released at ${at(9000)}.\n`);
  });
});

describe('text from outside', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom('\n', '\u202e', '\ud800'),
  );

  const bodyWith = (topicName: string, topicId: string, groupId: string, message: string) => {
    const run = event({
      status: 'INCOMPLETE',
      reasons: [message],
      failures: [{ groupId, message }],
      topics: { deleted: 1 },
      communities: { failed: 1 },
    });
    return compose(run, { topics: [tombstone({ topicId, groupId, profile: { topicName } })], found: 1 }).body;
  };

  it('makes no line of its own, and turns nothing round', () => {
    const lines = bodyWith('name', 'topic', 'group', 'message').split('\n').length;
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (...texts) => {
        const body = bodyWith(...texts);
        expect(body.split('\n')).toHaveLength(lines);
        expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        expect(body.isWellFormed()).toBe(true);
      }),
    );
  });

  it('never makes a message that SNS refuses, however long it is', () => {
    const long = "'".repeat(2000);
    const counts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(counts, counts, counts, fc.nat({ max: 50 }), (deleted, held, failed, named) => {
        const run = event({
          status: 'INCOMPLETE',
          reasons: Array.from({ length: 100 }, () => 'é'.repeat(5000)),
          failures: Array.from({ length: 20 }, () => ({ groupId: long, message: '\u202e'.repeat(5000) })),
          topics: { deleted, held },
          communities: { failed },
        });
        const topics = Array.from({ length: named }, () => tombstone({ topicId: long, groupId: long }));
        const { subject, body } = compose(run, { topics, found: named });
        expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MOST_BYTES);
        if (deleted > 50) expect(body).toMatch(/\nand \d+ more: npm run/);
      }),
      { numRuns: 10 },
    );
  });

  it('is one word to a shell, whichever id it is', () => {
    const words = fc.sample(ids, { numRuns: 300, seed: 1 });
    const script = `printf '%s\\n' ${words.map(shellWord).join(' ')}`;
    const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(printed.split('\n').slice(0, -1)).toEqual(words);
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [3_600_000, '1 h'],
    [93_784_000, '26 h 3 min 4 s'],
  ])('of %i ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
