import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { announcementOf } from '../../../lambdas/publish-changes/announcement.ts';
import type { MirrorEvent } from '../../../shared/events.ts';
import { createWorld, type World } from '../../support/world.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import { record } from './records.ts';

let world: World;
/** Every item as it was when the stream was last read, by its key. */
let seen = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  world = await createWorld({ communities: 6, topicsPerCommunity: 5 });
});
afterAll(() => world.close());

/** Mirrors every community. @returns the events that a subscriber gets of it */
async function night(runId: string): Promise<MirrorEvent[]> {
  await sync(world.parts, world.simulator.app().communityIds(), runId);
  const items = new Map((await world.items()).map((item) => [`${item['pk']} ${item['sk']}`, item]));
  const events = [...items].flatMap(([key, item]) => {
    const before = seen.get(key);
    const NewImage = marshall(item, { removeUndefinedValues: true });
    const images = before
      ? { NewImage, OldImage: marshall(before, { removeUndefinedValues: true }) }
      : { NewImage };
    return announcementOf(record(before ? 'MODIFY' : 'INSERT', images)) ?? [];
  });
  seen = items;
  return events;
}

describe('a subscriber', () => {
  it('is told of no topic on a first night, and then of edits and new topics, never of messages', async () => {
    expect(await night(RUN)).toEqual([]);

    const day = world.simulator.app().mutate({ edits: 3, messages: 9, creations: 2, newCommunities: 1 });
    const events = await night(NEXT_RUN);

    const told = events.map((event) => ('kind' in event ? [event.kind, event.topicId] : [event.status]));
    const expected = [
      ...day.edited.map(({ topicId }) => ['updated', topicId]),
      ...day.created.map(({ topicId }) => ['created', topicId]),
    ];
    expect(day.createdCommunities[0]?.topicIds.length).toBeGreaterThan(0);
    expect(told.sort()).toEqual(expected.sort());
    for (const event of events) {
      const { before, after } = event as { before?: object; after?: object };
      expect({ ...before, ...after }).not.toHaveProperty('nextMsgSeq');
    }
  });
});
