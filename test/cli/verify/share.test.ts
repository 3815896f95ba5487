import { describe, expect, it } from '@jest/globals';
import { withinShare } from '../../../cli/verify/share.ts';
import { createVirtualClock } from '../../support/virtualClock.ts';

describe('a share of the budget', () => {
  it('is not exceeded in any second, however many calls are wanted at once', async () => {
    const clock = createVirtualClock({ startAt: 1_000 });
    const sentAt: number[] = [];
    const getTopics = async () => {
      sentAt.push(clock.time());
      return { requestedAt: 0, topics: [], failures: [], unattributed: [] };
    };
    const { getTopics: shared } = withinShare({ getTopics }, 20, clock);
    for (let call = 0; call < 60; call++) void shared({ groupId: 'g' });
    await clock.runUntil(10_000);
    expect(sentAt).toHaveLength(60);
    const inSecondFrom = (from: number) => sentAt.filter((at) => at >= from && at < from + 1_000).length;
    expect(Math.max(...sentAt.map(inSecondFrom))).toBeLessThanOrEqual(20);
    expect(sentAt.at(-1)).toBeLessThanOrEqual(1_000 + 59 * 50 + 60);
  });
});
