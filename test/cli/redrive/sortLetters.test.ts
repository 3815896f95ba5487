import { describe, expect, it } from '@jest/globals';
import { sortLetters } from '../../../cli/redrive/sortLetters.ts';
import type { Run, RunStatus } from '../../../shared/catalog/run.ts';
import { communityMessages } from '../../../shared/messages.ts';
import { APP, run } from '../../builders.ts';

const night = (day: number) => `2026-11-${day}T01:00:00.000Z`;

/** A ledger, newest first. */
function ledger(...nights: (readonly [day: number, status: RunStatus])[]): Run[] {
  return nights.map(([day, status]) => run({ runId: night(day), status }));
}

function letter(day: number, groupId = 'a', sdkAppId = APP) {
  const [body = ''] = communityMessages({ sdkAppId, runId: night(day), reason: 'listed' }, [groupId]);
  return { body, receiptHandle: `${day} ${groupId}` };
}

function sorted(letters: Parameters<typeof sortLetters>[0], runs: Run[], named?: number) {
  const order = named === undefined ? {} : { named: night(named) };
  const { run: chosen, putBack, left } = sortLetters(letters, { runs, sdkAppId: APP, ...order });
  const handles = putBack.map(({ receiptHandle }) => receiptHandle);
  return { runId: chosen?.runId, putBack: handles, left: left.map(({ why }) => why) };
}

describe('dead letters', () => {
  it('of an INCOMPLETE run are put back into it', () => {
    const runs = ledger([22, 'INCOMPLETE'], [21, 'COMPLETE']);
    expect(sorted([letter(22, 'a'), letter(22, 'b')], runs)).toEqual({
      runId: night(22),
      putBack: ['22 a', '22 b'],
      left: [],
    });
  });

  it('of a run that is still open are put back, too', () => {
    expect(sorted([letter(22)], ledger([22, 'RUNNING']))).toMatchObject({ putBack: ['22 a'] });
  });

  it.each(['COMPLETE', 'HELD', 'RUNNING'] as const)(
    'of a night that a later %s run is over are left, with how to force it',
    (status) => {
      expect(sorted([letter(21)], ledger([22, status], [21, 'INCOMPLETE']))).toEqual({
        runId: undefined,
        putBack: [],
        left: [
          `the night of ${night(21)} is over: the run ${night(22)} is ${status}; --run ${night(21)} puts it back all the same`,
        ],
      });
    },
  );

  it('of a night that is over are put back when its run is named, and only these', () => {
    const runs = ledger([23, 'COMPLETE'], [22, 'INCOMPLETE'], [21, 'INCOMPLETE']);
    expect(sorted([letter(21), letter(22)], runs, 21)).toEqual({
      runId: night(21),
      putBack: ['21 a'],
      left: [`it is of the run ${night(22)}`],
    });
  });

  it('of two runs are put back one run at a time, the newest first', () => {
    const runs = ledger([22, 'INCOMPLETE'], [21, 'INCOMPLETE']);
    expect(sorted([letter(21), letter(22)], runs)).toEqual({
      runId: night(22),
      putBack: ['22 a'],
      left: [`it is of the run ${night(21)}; --run ${night(21)} puts it back, once ${night(22)} is closed`],
    });
  });

  it('of a run that is COMPLETE without them, or that nobody knows of, are left', () => {
    expect(sorted([letter(22), letter(20)], ledger([22, 'COMPLETE'])).left).toEqual([
      `the run ${night(22)} is COMPLETE without it`,
      `the ledger has no run ${night(20)}`,
    ]);
  });

  it('that cannot be read, or are for another app, are left with the reason', () => {
    const newer = { ...letter(22), body: letter(22).body.replace('"v":1', '"v":2') };
    const broken = { body: 'no JSON', receiptHandle: '' };
    expect(sorted([newer, letter(22, 'a', 7), broken], ledger([22, 'INCOMPLETE'])).left).toEqual([
      'it cannot be read: v: Invalid type: Expected 1 but received 2',
      'it is for the app 7',
      'it cannot be read: the message is not JSON',
    ]);
  });
});
