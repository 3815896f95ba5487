import { describe, expect, it } from '@jest/globals';
import { countDroppedSlots } from '../../lambdas/parts/droppedSlots.ts';

describe('dropped slots', () => {
  it('are counted all, in one line for ten seconds', () => {
    const counted: unknown[] = [];
    let time = 0;
    const tell = countDroppedSlots({ count: (values) => counted.push([time, values]) }, () => time);
    for (; time <= 25_000; time += 1000) tell(3);
    expect(counted).toEqual([
      [0, { DroppedSlots: 3 }],
      [10_000, { DroppedSlots: 30 }],
      [20_000, { DroppedSlots: 30 }],
    ]);
  });
});
