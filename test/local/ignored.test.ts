import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runNight } from '../../local/night.ts';
import { heedCommunity, ignoreCommunity } from '../../shared/catalog/ignored.ts';
import { createWorld, unpacedChat, type World } from '../support/world.ts';

// Nights wait for a list's second, and for empty looks.
jest.setTimeout(60_000);

const FIRST = Date.parse('2026-11-22T01:00:00.000Z');
const DAY = 86_400_000;

let world: World;
let refused: string | undefined;
let nightAt = FIRST;
let begunAt = Date.now();
const now = () => nightAt + Date.now() - begunAt;
let asked: unknown[] = [];

beforeAll(async () => {
  world = await createWorld({
    communities: 5,
    quirks: false,
    now,
    intercept: ({ api, body }) => {
      if (api !== 'get_topic') return undefined;
      asked.push(body['GroupId']);
      if (body['GroupId'] !== refused) return undefined;
      return { body: '{"ActionStatus":"FAIL","ErrorCode":10015,"ErrorInfo":"odd id"}' };
    },
  });
});
afterAll(() => world.close());

/** The night of a day, from 0 on. */
async function night(day: number) {
  asked = [];
  begunAt = Date.now();
  nightAt = FIRST + day * DAY;
  const chat = unpacedChat(world.simulator, world.url, { now });
  return runNight({ parts: { ...world.parts, now, chat }, runId: new Date(nightAt).toISOString() });
}

describe('a community that fails for a known reason', () => {
  it('makes no run INCOMPLETE once it is ignored, is asked for once a week, and is as any other once it is served', async () => {
    const groupId = world.simulator.app().communityIds()[2] as string;
    const { store, app } = world.parts;
    const at = new Date(FIRST).toISOString();
    const ignore = () => ignoreCommunity(store, app.sdkAppId, groupId, at, 'made by hand, ask Kim');
    expect(await ignore()).toBe(false);
    refused = groupId;
    expect(await night(0)).toMatchObject({ status: 'INCOMPLETE', communities: { failed: 1, ignored: 0 } });
    expect(await ignore()).toBe(true);

    expect(await night(1)).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 5, failed: 0, ignored: 1 },
    });
    expect(asked).not.toContain(groupId);

    expect(await night(7)).toMatchObject({ status: 'COMPLETE', communities: { failed: 0, ignored: 1 } });
    expect(asked).toContain(groupId);
    await night(8);
    expect(asked).not.toContain(groupId);

    refused = undefined;
    expect(await night(14)).toMatchObject({ status: 'COMPLETE', communities: { synced: 1, ignored: 0 } });
    refused = groupId;
    expect(await night(15)).toMatchObject({ status: 'INCOMPLETE', communities: { failed: 1, ignored: 0 } });
  });

  it('is asked for every night again, and missed, when that is taken back', async () => {
    const groupId = world.simulator.app().communityIds()[2] as string;
    const { store, app } = world.parts;
    await ignoreCommunity(store, app.sdkAppId, groupId, new Date(FIRST).toISOString());
    await night(16);
    expect(asked).not.toContain(groupId);
    expect(await heedCommunity(store, app.sdkAppId, { groupId, status: 'active' })).toBe(true);
    expect(await heedCommunity(store, app.sdkAppId, { groupId, status: 'active' })).toBe(false);
    expect(await night(17)).toMatchObject({ status: 'INCOMPLETE', communities: { failed: 1, ignored: 0 } });
    expect(asked).toContain(groupId);
  });
});
