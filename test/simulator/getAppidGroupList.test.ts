import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCursorCodec } from '../../simulator/cursor.ts';
import { type Answer, LIST, type Running, start } from './support.ts';

/** All pages of a list. */
async function listAll(
  { text }: Running,
  body: object,
): Promise<{ ids: string[]; cursors: string[]; total: number }> {
  const [ids, cursors] = [[] as string[], [] as string[]];
  for (let next = '0'; ; ) {
    const answer = await text(LIST, `${JSON.stringify(body).slice(0, -1)},"Next":${next}}`);
    const { GroupIdList, TotalCount } = JSON.parse(answer) as Answer;
    ids.push(...GroupIdList.map(({ GroupId }) => GroupId));
    next = /"Next":(\d+)/.exec(answer)?.[1] ?? 'absent';
    if (next === '0') return { ids, cursors, total: TotalCount };
    cursors.push(next);
  }
}

describe('get_appid_group_list', () => {
  it('shows every group exactly once, in the same order, for any Limit and type', async () => {
    const server = await start({ communities: 40 });
    const app = server.simulator.app();
    const types = fc.constantFrom(undefined, 'Community', 'Public', 'AVChatRoom', 'BChatRoom');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), types, async (Limit, GroupType) => {
        const { ids, total } = await listAll(server, { Limit, ...(GroupType && { GroupType }) });
        expect(ids).toEqual(app.groupIds(GroupType as 'Community' | undefined));
        expect(total).toBe(ids.length);
      }),
      { numRuns: 25 },
    );
  });

  it('gives cursors that are 64-bit unsigned, most of them beyond 2^53', async () => {
    const { cursors } = await listAll(await start({ communities: 200 }), { Limit: 3 });
    const values = cursors.map(BigInt);
    expect(cursors).toHaveLength(99);
    expect(values.filter((value) => value > 2n ** 53n).length).toBeGreaterThan(95);
    expect(values.filter((value) => value > 2n ** 63n).length).toBeGreaterThan(30);
    expect(values.every((value) => value < 2n ** 64n)).toBe(true);
  });

  it('omits Next from the answer when the request omits it', async () => {
    const { call } = await start();
    const answer = await call(LIST, { Limit: 2 });
    expect(answer.GroupIdList).toHaveLength(2);
    expect(answer).not.toHaveProperty('Next');
    expect(await call(LIST, { Limit: 2, Next: 0 })).toHaveProperty('Next');
  });

  it('counts by type, whatever the page', async () => {
    const { call } = await start({ communities: 60 });
    expect((await call(LIST, { Limit: 1 })).TotalCount).toBe(90);
    expect((await call(LIST, { Limit: 1, GroupType: 'Community' })).TotalCount).toBe(60);
    expect(await call(LIST, { GroupType: 'Community', Next: 0 })).toMatchObject({ TotalCount: 60, Next: 0 });
  });

  it.each([
    ['a Limit above 10000', { Limit: 10_001 }],
    ['a Limit of 0', { Limit: 0 }],
    ['a Limit in quotes', { Limit: '20' }],
    ['an unknown type', { GroupType: 'Meeting' }],
    ['a cursor in quotes', { Next: '0' }],
    ['a negative cursor', { Next: -1 }],
    ['a cursor that was never given', { Next: 4_454_685_361 }],
    ['a cursor beyond 64 bits', '{"Next":18446744073709551616}'],
  ])('refuses %s', async (_what, body) => {
    expect((await (await start()).call(LIST, body)).ErrorCode).toBe(10004);
  });

  it('refuses a cursor whose last digits were lost in a double', async () => {
    const { call } = await start({ communities: 200 });
    const { Next } = await call(LIST, { Limit: 7, Next: 0 });
    expect((await call(LIST, `{"Limit":7,"Next":${Number(Next)}}`)).ErrorCode).toBe(10004);
  });

  it('keeps cursors valid while groups come and go: new ones at the end, disbanded ones gone', async () => {
    const { call, simulator } = await start({ communities: 10 });
    const app = simulator.app();
    const before = app.groupIds();
    const first = await call(LIST, { Limit: 6, Next: 0 });
    app.disbandCommunity(before[0] as string);
    app.disbandCommunity(before[6] as string);
    const { groupId } = app.createCommunity();
    const rest = await call(LIST, `{"Next":${first.Next}}`);
    expect(rest.GroupIdList.map((group) => group.GroupId)).toEqual([...before.slice(7), groupId]);
    expect(rest.TotalCount).toBe(before.length - 1);
  });

  it('is 10018 when the answer would be too long', async () => {
    const { call } = await start({ answerLimitBytes: 2000 });
    expect((await call(LIST, {})).ErrorCode).toBe(10018);
    expect((await call(LIST, { Limit: 20 })).ErrorCode).toBe(0);
  });
});

describe('the cursor codec', () => {
  it('gives every place back and never the 0 that means the end', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 31 }), (seed, place) => {
        const codec = createCursorCodec(seed);
        expect(codec.encode(place)).toBeGreaterThan(0n);
        expect(codec.decode(codec.encode(place))).toBe(BigInt(place));
      }),
    );
  });
});
