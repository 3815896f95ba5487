import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';

let simulator: Simulator;
let endpoint: string;

beforeAll(async () => {
  simulator = createSimulator({ communities: 20, topicsPerCommunity: 3 });
  endpoint = await simulator.listen();
});
beforeEach(() => {
  simulator.app().setCommunityFeature(true);
  for (const code of ['code-60020', 'code-10007', 'odd-answer'])
    simulator.faults().switch({ kind: code, on: false });
});
afterAll(async () => {
  cleanUp();
  await simulator.close();
});

const settings = () => settingsFor(endpoint, freshDataDir());

describe('check', () => {
  it('says of right settings what they reach, and writes nothing', async () => {
    const { exitCode, stdout } = await topicMirror(['check'], settings());
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^✓ settings: app 1400000000 at 127\.0\.0\.1:\d+, as administrator$/),
      '✓ list: the app has 20 communities',
      expect.stringMatching(/^✓ topics: @TGS#\S+ has \d+ topics$/),
    ]);
    expect(exitCode).toBe(0);
  });

  it.each<[what: string, set: () => unknown, says: RegExp]>([
    [
      'a plan that has lapsed',
      () => fault('code-60020'),
      /✗ topics: .*60020.*Look at the plan and the bills/,
    ],
    [
      'an account that may not read topics',
      () => fault('code-10007'),
      /✗ topics: .*10007.*Check TENCENT_CHAT_IDENTIFIER and TENCENT_CHAT_FROM_ACCOUNT/,
    ],
    [
      'a feature that is off',
      () => simulator.app().setCommunityFeature(false),
      /✗ topics: .*11000.*Switch the community and topic features on/,
    ],
  ])('explains %s, exit 1', async (_what, set, says) => {
    set();
    const { exitCode, stdout } = await topicMirror(['check'], settings());
    expect(stdout).toMatch(says);
    expect(exitCode).toBe(1);
  });

  it('explains a wrong key, exit 1, and asks no community', async () => {
    simulator.resetStats();
    const wrong = { ...settings(), TENCENT_CHAT_SECRET_KEY: 'not-the-key' };
    const { exitCode, stdout } = await topicMirror(['check'], wrong);
    expect(stdout).toMatch(/✗ list: .*70003.*Check TENCENT_CHAT_SECRET_KEY/);
    expect(stdout).not.toContain('not-the-key');
    expect(exitCode).toBe(1);
    expect(simulator.stats().apps[0]?.apis.get_topic.calls).toBe(0);
  });
});

describe('a first sync', () => {
  it('asks one community, and none of the others when no call for any can succeed', async () => {
    fault('code-60020');
    simulator.resetStats();
    const { exitCode, stderr } = await topicMirror(['sync'], settings());
    expect(stderr).toMatch(/^topic-mirror: get_topic of .*60020.*Look at the plan and the bills/);
    expect(exitCode).toBe(1);
    expect(simulator.stats().apps[0]?.apis.get_topic.calls).toBe(1);
  });

  it('says that a community is refused, goes on, and is INCOMPLETE when all are', async () => {
    simulator.app().setCommunityFeature(false);
    const { exitCode, stdout, stderr } = await topicMirror(['sync'], settings());
    expect(stderr).toMatch(/get_topic of .*11000.*Switch the community and topic features on/);
    expect(stdout).toContain(
      'the API serves topics of none of the 20 communities; the command check says why',
    );
    expect(exitCode).toBe(2);
  });

  it('tells of a list that cannot be read by its own reason, and keeps a second between its calls', async () => {
    simulator.faults().switch({ kind: 'wrong-types', on: true, api: 'get_appid_group_list' });
    simulator.resetStats();
    const { exitCode, stderr } = await topicMirror(['sync'], settings());
    simulator.faults().switch({ kind: 'wrong-types', on: false });
    expect(stderr).toMatch(/get_appid_group_list: malformed answer, GroupIdList: expected array, got object/);
    expect(exitCode).toBe(3);
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list).toMatchObject({ calls: 2, refused: 0 });
  });
});

function fault(kind: string): void {
  simulator.faults().switch({ kind, on: true, api: 'get_topic' });
}
