import { expect, it } from '@jest/globals';
import { summaryLines } from '../../cli/output/summary.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { run } from '../builders.ts';

const summary: RunSummary = {
  runId: '2026-11-22T01:00:00.000Z',
  status: 'INCOMPLETE',
  elapsedMs: 1_234,
  communities: { listed: 2, synced: 1, unchanged: 0, failed: 1, unsupported: 0, ignored: 0, deleted: 0 },
  topics: {
    active: 3,
    baseline: 3,
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    restored: 0,
    missing: 0,
    held: 0,
  },
  messages: { topics: 0, new: 0 },
  api: { calls: 3, listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 2 },
  dynamodb: { writeUnits: 20, readUnits: 2 },
};

it('a summary shows what the API said of a failure, and obeys none of it', () => {
  const said = 'wrong\u001b[2J\nrun x: COMPLETE\u202e';
  const failures = [{ groupId: 'g', code: 10_007, message: said }];
  const lines = summaryLines(run({ status: 'INCOMPLETE', reasons: [said], failures, summary }));
  expect(lines.slice(1, 3)).toEqual([
    '  ! wrong\\u001b[2J\\u000arun x: COMPLETE\\u202e',
    '    g: wrong\\u001b[2J\\u000arun x: COMPLETE\\u202e',
  ]);
});

it('a summary says that somebody else calls the API when calls were refused', () => {
  const refused = { ...summary, api: { ...summary.api, rateLimited: 3 } };
  expect(summaryLines(run({ summary: refused })).at(-1)).toBe(
    '  ? 3 calls were refused although the budget was kept: somebody else calls the API, too, and the mirror made room',
  );
});
