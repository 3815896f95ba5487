import { describe, expect, it } from '@jest/globals';
import { DESTROY, IMPORT, someCommunity, start, topicIdsOf } from './support.ts';

describe('destroy_topic', () => {
  it('answers for each topic, and 110003 the second time', async () => {
    const { simulator, call, getTopic } = await start();
    const GroupId = someCommunity(simulator, 3);
    const [first, second, third] = topicIdsOf(await getTopic(GroupId)) as [string, string, string];
    const once = await call(DESTROY, { GroupId, TopicIdList: [first, second, `${GroupId}@TOPIC#_never`] });
    expect(once.ActionStatus).toBe('OK');
    expect(once.DestroyResultItem.map(({ ErrorCode }) => ErrorCode)).toEqual([0, 0, 10010]);
    const twice = await call(DESTROY, { GroupId, TopicIdList: [second] });
    expect(twice.DestroyResultItem).toEqual([
      { ErrorCode: 110003, ErrorInfo: expect.any(String), TopicId: second },
    ]);
    const left = topicIdsOf(await getTopic(GroupId));
    expect(left).toContain(third);
    expect(left).not.toContain(first);
  });

  it('destroys a topic that was destroyed and imported again', async () => {
    const { simulator, call } = await start();
    const GroupId = someCommunity(simulator);
    const body = { GroupId, TopicIdList: [`${GroupId}@TOPIC#_again`] };
    const codes: (number | undefined)[] = [];
    for (let round = 0; round < 2; round++) {
      await call(IMPORT, { GroupId, TopicId: body.TopicIdList[0], TopicName: 'Again' });
      codes.push((await call(DESTROY, body)).DestroyResultItem[0]?.ErrorCode);
    }
    expect(codes).toEqual([0, 0]);
  });

  it.each([
    ['no TopicIdList', {}, 10004],
    ['an empty TopicIdList', { TopicIdList: [] }, 10004],
    ['a community that never existed', { GroupId: '@TGS#_none', TopicIdList: ['x'] }, 10010],
  ])('refuses %s', async (_what, change, code) => {
    const { simulator, call } = await start();
    expect((await call(DESTROY, { GroupId: someCommunity(simulator), ...change })).ErrorCode).toBe(code);
  });
});
