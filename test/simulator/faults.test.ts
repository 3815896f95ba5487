import { describe, expect, it } from '@jest/globals';
import { errorTable } from '../../shared/chat/errorTable.ts';
import { createSimulatorControl, defaultMix, families } from '../../simulator/index.ts';
import { GET, LIST, type Running, someCommunity, start } from './support.ts';

/** What a caller who reads nothing into it gets: an answer's text, an HTTP status, or no answer. */
const outcome = (call: Promise<string>) => call.catch((error: Error) => error.message);

const ask = ({ text }: Running, GroupId: string, more = {}) =>
  outcome(text(GET, { GroupId, From_Account: 'someone', ...more }));

/** Each community asked for so many times, in this order. */
async function askAll(server: Running, groupIds: readonly string[], times = 3): Promise<string[]> {
  const outcomes: string[] = [];
  for (const groupId of groupIds)
    for (let time = 0; time < times; time++) outcomes.push(await ask(server, groupId));
  return outcomes;
}

const statsOf = ({ simulator }: Running) => simulator.stats().apps[0]?.apis;

describe('faults by chance', () => {
  const faults = { seed: 3, rate: 0.3, hangMs: 1 };

  it('are the same for the same seed and the same calls', async () => {
    const [one, other] = await Promise.all([start({ faults }), start({ faults })]);
    const groups = one.simulator.app().communityIds();
    const outcomes = await askAll(one, groups);
    expect(await askAll(other, groups)).toEqual(outcomes);
    expect(statsOf(other)?.get_topic.faults).toEqual(statsOf(one)?.get_topic.faults);
  });

  it('do not depend on the order of different calls, storms aside', async () => {
    const kinds = ['http-502', 'truncated-json', 'code-10002'];
    const [one, other] = await Promise.all([
      start({ faults: { ...faults, kinds } }),
      start({ faults: { ...faults, kinds } }),
    ]);
    const groups = one.simulator.app().communityIds();
    const forwards = await askAll(one, groups, 1);
    expect((await askAll(other, groups.toReversed(), 1)).toReversed()).toEqual(forwards);
  });

  it('are others for another seed', async () => {
    const [one, other] = await Promise.all([start({ faults }), start({ faults: { ...faults, seed: 4 } })]);
    const groups = one.simulator.app().communityIds();
    expect(await askAll(other, groups)).not.toEqual(await askAll(one, groups));
  });

  it('befall the share of calls that is asked for, and are counted by kind', async () => {
    const server = await start({ faults: { rate: 0.2, kinds: ['http-502', 'code-10002'] } });
    const outcomes = await askAll(server, server.simulator.app().communityIds(), 10);
    const { calls = 0, faults = {} } = statsOf(server)?.get_topic ?? {};
    expect(calls).toBe(600);
    expect(faults['http-502']).toBe(outcomes.filter((text) => text === 'HTTP 502').length);
    expect(faults['code-10002']).toBe(outcomes.filter((text) => text.includes('10002')).length);
    const share = ((faults['http-502'] ?? 0) + (faults['code-10002'] ?? 0)) / calls;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.25);
  });

  it('end with a rate of 0', async () => {
    const server = await start({ faults: { rate: 1, kinds: ['http-502'] } });
    const groupId = someCommunity(server.simulator);
    expect(await ask(server, groupId)).toBe('HTTP 502');
    server.simulator.faults().set({ rate: 0 });
    expect(JSON.parse(await ask(server, groupId))).toMatchObject({ ErrorCode: 0 });
  });

  it.each([
    [{ rate: 2 }, /faults.rate.*0 to 1/],
    [{ rate: 0.1, kinds: ['nonsense'] }, /no such kind of fault: "nonsense"/],
  ])('%j is refused with what is wrong', async (options, problem) => {
    await expect(start({ faults: options })).rejects.toThrow(problem);
  });
});

describe('the kinds that are met unless they are named', () => {
  it('hold every code that the error table retries, and none that ends a run', () => {
    const treated = (...treatments: string[]) =>
      errorTable.filter(({ treatment }) => treatments.includes(treatment)).map(({ code }) => `code-${code}`);
    expect([...(families['retryable-codes'] ?? [])].sort()).toEqual(treated('retry', 'slow-down').sort());
    expect([...(families['fatal-codes'] ?? [])].sort()).toEqual(treated('fatal', 'rebuild-usersig').sort());
    expect(defaultMix).toEqual(expect.arrayContaining([...(families['retryable-codes'] ?? [])]));
    expect(defaultMix.filter((kind) => families['fatal-codes']?.includes(kind))).toEqual([]);
  });
});

describe('a fault that is switched on', () => {
  async function switched(kind: string, more = {}) {
    const server = await start({ seed: 5 });
    server.simulator.faults().switch({ kind, on: true, ...more });
    return { server, groupId: someCommunity(server.simulator, 2) };
  }

  it.each([
    ['http-502', /^HTTP 502$/],
    ['reset-before', /fetch failed/],
    ['reset-after', /fetch failed/],
    ['clock-skew', /"ErrorCode":70001/],
    ['code-60020', /"ErrorCode":60020/],
    ['empty-answer', /"ErrorCode":0.*"TopicAndSelfInfo":\[\]/],
    ['wrong-types', /"ErrorCode":0.*"TopicAndSelfInfo":\{/],
  ])('%s is what each call gets', async (kind, expected) => {
    const { server, groupId } = await switched(kind);
    expect(await ask(server, groupId)).toMatch(expected);
    expect(await ask(server, groupId)).toMatch(expected);
    expect(statsOf(server)?.get_topic).toMatchObject({ faults: { [kind]: 2 }, codes: {} });
  });

  it('truncated-json ends in the middle of the right answer', async () => {
    const { server, groupId } = await switched('truncated-json');
    const cut = await ask(server, groupId);
    server.simulator.faults().switch({ kind: 'truncated-json', on: false });
    const whole = await ask(server, groupId);
    expect(whole.startsWith(cut)).toBe(true);
    expect(cut.length).toBeLessThan(whole.length);
  });

  it('hang keeps silent as long as it is told, and then closes the connection', async () => {
    const server = await start({ faults: { rate: 1, kinds: ['hang'], hangMs: 300 } });
    const began = performance.now();
    expect(await ask(server, someCommunity(server.simulator))).toMatch(/fetch failed/);
    expect(performance.now() - began).toBeGreaterThanOrEqual(299);
  });

  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
  ])('%s gives a topic that is put in %i times', async (kind, times) => {
    const { server, groupId } = await switched(kind, { api: 'import_topic' });
    const before = server.simulator.app().topics(groupId).length;
    await outcome(
      server.text('group_open_http_svc/import_topic', { GroupId: groupId, TopicName: 'A topic' }),
    );
    expect(server.simulator.app().topics(groupId)).toHaveLength(before + times);
  });

  it('befalls one community, or one API, when it is told which', async () => {
    const { server, groupId } = await switched('http-502', { groupId: 'none' });
    const faults = server.simulator.faults();
    faults.switch({ kind: 'http-502', on: true, groupId });
    const other = server.simulator.app().communityIds().at(-1) as string;
    expect(await ask(server, groupId)).toBe('HTTP 502');
    expect(await ask(server, other)).not.toBe('HTTP 502');
    faults.switch({ kind: 'http-502', on: false });
    faults.switch({ kind: 'http-502', on: true, api: 'get_appid_group_list' });
    expect(await ask(server, groupId)).not.toBe('HTTP 502');
    expect(await outcome(server.text(LIST, {}))).toBe('HTTP 502');
  });

  it('storm refuses the ten calls that follow, whoever makes them, and a storm begins by chance', async () => {
    const server = await start({ faults: { seed: 2, rate: 0.02, kinds: ['rate-storm'] } });
    const outcomes = await askAll(server, server.simulator.app().communityIds(), 4);
    const refused = outcomes.map((text) => text.includes('10006'));
    const first = refused.indexOf(true);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(refused.slice(first, first + 11)).toEqual(Array(11).fill(true));
    expect(refused.at(first - 1)).toBe(false);
  });
});

describe('a list that misbehaves', () => {
  async function page(kind: string, next: number | bigint | string = 0) {
    const server = await start({ communities: 40 });
    server.simulator.faults().switch({ kind, on: true });
    const text = await server.text(LIST, `{"GroupType":"Community","Limit":20,"Next":${next}}`);
    return { server, answer: JSON.parse(text), next: /"Next":(\d+)/.exec(text)?.[1] ?? '' };
  }

  it('page-gap leaves ids out that TotalCount counts', async () => {
    const { answer } = await page('page-gap');
    expect(answer).toMatchObject({ TotalCount: 40 });
    expect(answer.GroupIdList).toHaveLength(18);
  });

  it('short-list leaves out half of them, and TotalCount agrees', async () => {
    const { answer } = await page('short-list');
    expect(answer).toMatchObject({ TotalCount: 30 });
    expect(answer.GroupIdList).toHaveLength(10);
  });

  it('page-without-next has none', async () => {
    expect((await page('page-without-next')).answer).not.toHaveProperty('Next');
  });

  it('frozen-list gives the first page and its cursor for ever', async () => {
    const { server, answer, next } = await page('frozen-list');
    const again = await server.text(LIST, `{"GroupType":"Community","Limit":20,"Next":${next}}`);
    expect(JSON.parse(again)).toEqual(answer);
    server.simulator.faults().switch({ kind: 'frozen-list', on: false });
    const healed = await server.text(LIST, `{"GroupType":"Community","Limit":20,"Next":${next}}`);
    expect(JSON.parse(healed)).toMatchObject({ Next: 0 });
  });
});

describe('over the control API', () => {
  it('faults are set, switched and read, for the app that is named', async () => {
    const otherApps = [{ sdkAppId: 1_400_000_001, secretKey: 'k', communities: 3 }];
    const server = await start({ otherApps });
    const control = createSimulatorControl(server.url);
    expect(await control.faults()).toEqual({ random: null, switches: [] });
    await control.setFaults({ rate: 0.5, seed: 9, kinds: ['hang', 'code-10002'] });
    await control.switchFault({ kind: 'http-502', on: true, api: 'get_topic', groupId: 'g' });
    const state = {
      random: { seed: 9, rate: 0.5, kinds: ['hang', 'code-10002'] },
      switches: [{ kind: 'http-502', api: 'get_topic', groupId: 'g' }],
    };
    expect(await control.faults()).toEqual(state);
    expect(server.simulator.faults().state).toEqual(state);
    const other = createSimulatorControl(server.url, 1_400_000_001);
    expect(await other.faults()).toEqual({ random: null, switches: [] });
  });

  it('what is wrong is refused by name', async () => {
    const control = createSimulatorControl((await start()).url);
    await expect(control.switchFault({ kind: 'nonsense', on: true })).rejects.toThrow(
      /no such kind.*"nonsense"/,
    );
    await expect(control.setFaults({ rate: 7 })).rejects.toThrow(/rate: must be from 0 to 1/);
  });
});
