import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Difference } from '../../../cli/verify/difference.ts';
import { sampleCommunities } from '../../../cli/verify/sample.ts';
import { createCounts, type Scope, type VerifyParts, verify } from '../../../cli/verify/verify.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { createSimulator, type Intercept, type Simulator } from '../../../simulator/index.ts';
import { createWorld, NO_LIMITS, unpacedChat, type World } from '../../support/world.ts';
import { NEXT_RUN, sync } from '../../support/worldEvents.ts';

const COMMUNITIES = 12;

let world: World;
let simulator: Simulator;
let parts: Parts;
let answer: Intercept;

beforeAll(async () => {
  world = await createWorld({ communities: 1 });
});

beforeEach(async () => {
  answer = () => undefined;
  simulator = createSimulator({
    ...{ communities: COMMUNITIES, topicsPerCommunity: 3, quirks: false, rateLimits: NO_LIMITS },
    intercept: (call) => answer(call),
  });
  const chat = unpacedChat(simulator, await simulator.listen());
  parts = { ...world.fresh(), chat };
  await sync(parts, groupIds());
});

afterEach(() => simulator.close());

afterAll(() => world.close());

const groupIds = () => simulator.app().communityIds();
const firstTopic = (groupId: string) => simulator.app().topics(groupId)[0]?.TopicId ?? '';

async function verified(scope: Scope, more: Partial<VerifyParts> = {}) {
  const { catalog } = meteredCatalog(parts);
  const wired = {
    catalog,
    chat: parts.chat,
    now: Date.now,
    sleep: async () => {},
    ahead: 4,
    onProgress: () => {},
  };
  const counts = createCounts();
  const differences: Difference[] = await Array.fromAsync(verify({ ...wired, ...more }, scope, counts));
  return { counts, differences };
}

describe('verify', () => {
  it('finds a fresh catalog equal to its app, and writes nothing', async () => {
    const before = await world.items(parts.app.sdkAppId);
    const { counts, differences } = await verified({ all: true });
    expect(differences).toEqual([]);
    expect(counts).toMatchObject({ communities: COMMUNITIES, differing: 0, differences: 0 });
    expect(await world.items(parts.app.sdkAppId)).toEqual(before);
  });

  it('finds what has happened in the app since', async () => {
    const app = simulator.app();
    const [edited = '', emptied = '', disbanded = '', unsupported = ''] = groupIds();
    const topicId = firstTopic(edited);
    app.editTopic(edited, topicId, { TopicName: 'renamed' });
    const deleted = firstTopic(emptied);
    app.deleteTopic(emptied, deleted);
    app.disbandCommunity(disbanded);
    app.setTopicSupport(unsupported, false);
    app.createCommunity({ groupId: '@TGS#_new' });
    const { differences } = await verified({ all: true });
    const told = differences.map(({ kind, groupId, topicId: id, field, api }) => [
      kind,
      groupId,
      id,
      field,
      api,
    ]);
    expect(told).toHaveLength(5);
    expect(told).toEqual(
      expect.arrayContaining([
        ['field-differs', edited, topicId, 'topicName', 'renamed'],
        ['topic-not-in-app', emptied, deleted, 'status', '110003'],
        ['community-differs', disbanded, undefined, 'status', 'gone'],
        ['community-differs', unsupported, undefined, 'status', 'unsupported'],
        ['community-not-in-catalog', '@TGS#_new', undefined, undefined, 'in the list'],
      ]),
    );
  });

  it('looks again at a community that a run was writing meanwhile', async () => {
    const [groupId = ''] = groupIds();
    simulator.app().editTopic(groupId, firstTopic(groupId), { TopicName: 'renamed' });
    let asked = 0;
    const getTopics: VerifyParts['chat']['getTopics'] = async (...args) => {
      const topics = await parts.chat.getTopics(...args);
      if (++asked === 1) await sync(parts, [groupId], NEXT_RUN);
      return topics;
    };
    const chat = { ...parts.chat, getTopics };
    expect((await verified({ groupIds: [groupId] }, { chat })).differences).toEqual([]);
    expect(asked).toBe(2);
  });

  it('names a community that a complete list does not name, though it is there', async () => {
    const [hidden = '', ...others] = groupIds();
    answer = listing(others.length, others);
    expect((await verified({ all: true })).differences).toMatchObject([
      { kind: 'community-not-listed', groupId: hidden },
    ]);
  });

  it('concludes nothing from a list that is shorter than it says', async () => {
    answer = listing(COMMUNITIES, groupIds().slice(0, 1));
    const { counts, differences } = await verified({ all: true });
    expect(differences).toEqual([]);
    expect(counts.doubt).toBe(`the list names 1 communities, its TotalCount says ${COMMUNITIES}`);
  });

  it('gives up on an API that answers nothing, and says so', async () => {
    answer = ({ api }) => (api === 'get_topic' ? OVERLOADED : undefined);
    await expect(verified({ all: true })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^the API has not answered for 10 communities in a row, after 0 were compared: /,
      ),
    });
  });

  it('counts a community without an answer as not compared', async () => {
    const [silent] = groupIds();
    answer = ({ api, body }) =>
      api === 'get_topic' && (body as { GroupId: string }).GroupId === silent ? OVERLOADED : undefined;
    expect(await verified({ all: true })).toMatchObject({ counts: { unanswered: 1 }, differences: [] });
  });

  it('of a community that nobody knows is an error that names it', async () => {
    await expect(verified({ groupIds: ['nowhere'] })).rejects.toMatchObject({
      exitCode: 1,
      message:
        'neither the catalog nor the app has a community nowhere; "communities" lists those that are mirrored',
    });
  });

  it('draws the same communities by the same seed, each once, and others by another', async () => {
    const { catalog } = meteredCatalog(parts);
    const draw = (size: number, seed: number) => sampleCommunities(catalog, size, seed);
    expect(await draw(5, 7)).toEqual(await draw(5, 7));
    expect(new Set(await draw(5, 7)).size).toBe(5);
    expect((await draw(100, 7)).sort()).toEqual([...groupIds()].sort());
    const drawn = await Promise.all([1, 2, 3, 4].map((seed) => draw(3, seed)));
    expect(new Set(drawn.map((ids) => ids.join(' '))).size).toBeGreaterThan(1);
  });
});

/** What an API in trouble says of a community. */
const OVERLOADED = { body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 10002, ErrorInfo: 'busy' }) };

/** A list of these communities that says it has so many. */
function listing(TotalCount: number, ids: readonly string[]): Intercept {
  const GroupIdList = ids.map((GroupId) => ({ GroupId }));
  const body = JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, TotalCount, GroupIdList, Next: 0 });
  return ({ api }) => (api === 'get_appid_group_list' ? { body } : undefined);
}
