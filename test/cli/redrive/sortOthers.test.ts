import { describe, expect, it } from '@jest/globals';
import { sortClosing, sortNights } from '../../../cli/redrive/sortOthers.ts';
import { closingMessage } from '../../../shared/messages.ts';
import { APP, LATER_RUN_ID, RUN_ID, run } from '../../builders.ts';

const letterOf = (body: string) => ({ body, receiptHandle: body });
const closing = (runId: string, sdkAppId = APP) =>
  letterOf(closingMessage({ sdkAppId, runId, emptyLooks: 0 }));

describe('the dead letters of the closing queue', () => {
  it('wake the runs that are still open, and no other', () => {
    const runs = [run({ runId: LATER_RUN_ID }), run({ status: 'COMPLETE' })];
    const letters = [
      closing(LATER_RUN_ID),
      closing(RUN_ID),
      closing('2020-01-01T00:00:00Z'),
      closing(LATER_RUN_ID, 7),
      letterOf('{}'),
    ];
    const { open, left } = sortClosing(letters, runs, APP);
    expect(open).toEqual([{ letter: letters[0], runId: LATER_RUN_ID }]);
    expect(left.map(({ why }) => why)).toEqual([
      `the run ${RUN_ID} is COMPLETE`,
      'the ledger has no run 2020-01-01T00:00:00Z',
      'it is for the app 7',
      expect.stringMatching(/^it cannot be read: v: /),
    ]);
  });
});

describe('a lost night', () => {
  it.each([
    [
      'the schedule’s own event',
      { scheduledTime: RUN_ID },
      `the night of ${RUN_ID} did not begin: the function was not invoked; sync begins a run now`,
    ],
    [
      'the envelope of a function that failed',
      { requestPayload: { scheduledTime: RUN_ID }, responsePayload: { errorMessage: 'no key' } },
      `the night of ${RUN_ID} did not begin: no key; sync begins a run now`,
    ],
    [
      'the envelope without a reason',
      { requestPayload: { scheduledTime: RUN_ID } },
      `the night of ${RUN_ID} did not begin: the function gave no reason; sync begins a run now`,
    ],
    ['something else', [], 'it names no night; sync begins a run now'],
  ])('is told by %s', (_what, body, why) => {
    expect(sortNights([letterOf(JSON.stringify(body))]).map((left) => left.why)).toEqual([why]);
  });
});
