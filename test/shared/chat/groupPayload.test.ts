import { describe, expect, it } from '@jest/globals';
import { readGroupPage } from '../../../shared/chat/groupPayload.ts';
import { parseJson } from '../../../shared/chat/index.ts';
import { fail, ok } from './scriptedServer.ts';

const read = (answer: unknown) => readGroupPage(answer, { api: 'get_appid_group_list' });
const page = { TotalCount: 2, GroupIdList: [{ GroupId: 'a' }, { GroupId: 'b' }] };

describe('an answer of get_appid_group_list', () => {
  it.each([
    ['0', 0n],
    ['4454685361', 4454685361n],
    ['18446744073709551615', 18446744073709551615n],
    ['"18446744073709551615"', 18446744073709551615n],
    ['"0"', 0n],
  ])('has a cursor of up to 64 bits: %s', (next, cursor) => {
    const answer = parseJson(`${JSON.stringify(ok(page)).slice(0, -1)},"Next":${next}}`);
    expect(read(answer)).toEqual({ groupIds: ['a', 'b'], totalCount: 2, next: cursor });
  });

  it('may leave out the list of an app without groups', () => {
    expect(read(ok({ TotalCount: 0, Next: 0 }))).toEqual({ groupIds: [], totalCount: 0, next: 0n });
  });

  it.each<[string, object]>([
    ['Next', page],
    ['Next', { ...page, Next: -1 }],
    ['Next', { ...page, Next: 2n ** 64n }],
    ['Next', { ...page, Next: '' }],
    ['Next', { ...page, Next: '12a' }],
    ['Next', { ...page, Next: 1.5 }],
    ['Next', { ...page, Next: null }],
    ['TotalCount', { ...page, Next: 0, TotalCount: 'two' }],
    ['TotalCount', { GroupIdList: [], Next: 0 }],
    ['GroupIdList', { TotalCount: 2, Next: 0 }],
    ['GroupIdList[0].GroupId', { ...page, Next: 0, GroupIdList: [{}] }],
  ])('without a usable %s is malformed (%j)', (path, fields) => {
    expect(() => read(ok(fields))).toThrow(expect.objectContaining({ name: 'MalformedAnswerError', path }));
  });

  it('has the number where there are its digits', () => {
    expect(read(ok({ ...page, TotalCount: '2', Next: '0' }))).toEqual({
      groupIds: ['a', 'b'],
      totalCount: 2,
      next: 0n,
    });
  });

  it('leaves out an element without an id, which TotalCount tells of', () => {
    const list = [{ GroupId: 'a' }, { GroupId: '' }, null, {}, { GroupId: 5 }];
    expect(read(ok({ TotalCount: 5, Next: 0, GroupIdList: list })).groupIds).toEqual(['a']);
  });

  it('that is an error is thrown as one', () => {
    expect(() => read(fail(10018))).toThrow(expect.objectContaining({ code: 10018, treatment: 'split' }));
  });
});
