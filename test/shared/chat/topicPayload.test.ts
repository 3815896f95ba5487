import { describe, expect, it } from '@jest/globals';
import { parseJson, stringifyJson } from '../../../shared/chat/index.ts';
import { readTopics } from '../../../shared/chat/topicPayload.ts';
import { fail, ok } from './scriptedServer.ts';

const groupId = '@TGS#_@TGS#cQVLVHIM62CJ';
const topicId = `${groupId}@TOPIC#_@TOPIC#cRTE3HIM62C5`;
const subject = { api: 'get_topic', groupId } as const;

const read = (answer: unknown) => readTopics(answer, subject);
const answerOf = (...infos: object[]) =>
  ok({ TopicAndSelfInfo: infos.map((TopicInfo) => ({ ErrorCode: 0, ErrorInfo: 'ok', TopicInfo })) });
const topicOf = (fields: object) => read(answerOf({ TopicId: topicId, ...fields })).topics[0];

/** The documented sample, in its own spelling. */
const sample = {
  ActionStatus: 'OK',
  ErrorInfo: 'ok',
  ErrorCode: 0,
  TopicAndSelfInfo: [
    {
      ErrorCode: 0,
      ErrorInfo: 'ok',
      SelfInfo: { ShutUpTime: 0, MsgSeq: 0, MsgFlag: 'AcceptAndNotify' },
      TopicInfo: {
        TopicName: 'TestTopicName',
        GroupID: groupId,
        FaceUrl: 'http://this.is.new.face.url',
        TopicId: topicId,
        NextMsgSeq: 1,
        Notification: 'Notification',
        Introduction: 'Introduction',
        CreateTime: 1658839448,
        LastMsgTime: 0,
        MuteAllMember: 'Off',
        CustomString: 'This is a customs string.',
      },
    },
  ],
};

describe('an answer of get_topic', () => {
  it('is read field by field, SelfInfo and both ids of the group left out', () => {
    expect(read(sample)).toEqual({
      topics: [
        {
          topicId,
          topicName: 'TestTopicName',
          introduction: 'Introduction',
          notification: 'Notification',
          faceUrl: 'http://this.is.new.face.url',
          customString: 'This is a customs string.',
          createTime: 1658839448,
          lastMsgTime: 0,
          nextMsgSeq: 1,
          muteAllMember: false,
        },
      ],
      failures: [],
    });
  });

  it('keeps a field that was not sent absent, and an empty one empty', () => {
    const topic = topicOf({ Introduction: '' });
    expect(Object.keys(topic ?? {})).toEqual(['topicId', 'introduction']);
  });

  it('keeps unknown fields verbatim, whatever they are called or hold', () => {
    const unknown =
      '{"TopicType":"Private","Level":18446744073709551615,"Rate":1e400,"Nested":{"a":[null,{"b":""}]},"__proto__":{"x":1},"constructor":2}';
    const info = `{"TopicId":"t",${unknown.slice(1)}`;
    const answer = parseJson(
      `{"ActionStatus":"OK","ErrorCode":0,"TopicAndSelfInfo":[{"TopicInfo":${info}}]}`,
    );
    const [topic] = read(answer).topics;
    expect(stringifyJson(topic?.extra)).toBe(unknown);
  });

  it.each([
    [{ MuteAllMember: 'On' }, true],
    [{ MuteAllMember: 'Off' }, false],
    [{ MuteAllMember: 1 }, true],
    [{ MuteAllMember: 0 }, false],
    [{ MuteAllMember: true }, true],
    [{ ShutUpAllFlag: 1 }, true],
    [{ ShutUpAllFlag: 0 }, false],
    [{ ShutUpAllFlag: 'On' }, true],
    [{ MuteAllMember: 'Off', ShutUpAllFlag: 1 }, false],
    [{}, undefined],
  ])('with %j says whether everyone is muted: %s', (fields, muted) => {
    const topic = topicOf(fields);
    expect(topic?.muteAllMember).toBe(muted);
    expect(topic?.extra).toBeUndefined();
  });

  it('gives a topic’s own error text on one line', () => {
    const answer = ok({
      TopicAndSelfInfo: [{ ErrorCode: 1, ErrorInfo: 'a\nb', TopicInfo: { TopicId: 't' } }],
    });
    expect(read(answer).failures).toEqual([{ topicId: 't', code: 1, info: 'a b' }]);
  });

  it('may list no topic at all', () => {
    expect(read(ok({ TopicAndSelfInfo: [] }))).toEqual({ topics: [], failures: [] });
  });

  it('counts an element without an error code as fine', () => {
    expect(read(ok({ TopicAndSelfInfo: [{ TopicInfo: { TopicId: 'a' } }] })).topics).toEqual([
      { topicId: 'a' },
    ]);
  });

  it('of two elements about one topic keeps the later', () => {
    const twice = ok({
      TopicAndSelfInfo: [
        { TopicInfo: { TopicId: 'a', TopicName: 'first' } },
        { TopicInfo: { TopicId: 'b' } },
        { TopicInfo: { TopicId: 'a', TopicName: 'second' } },
        { ErrorCode: 110003, TopicInfo: { TopicId: 'b' } },
      ],
    });
    expect(read(twice)).toEqual({
      topics: [{ topicId: 'a', topicName: 'second' }],
      failures: [{ topicId: 'b', code: 110003, info: '' }],
    });
  });
});

describe('the top-level error of get_topic', () => {
  it('counts when no topic is listed, even in an empty list', () => {
    expect(() => read(fail(10006))).toThrow(expect.objectContaining({ code: 10006 }));
    expect(() => read({ ...fail(10002), TopicAndSelfInfo: [] })).toThrow(
      expect.objectContaining({ code: 10002 }),
    );
  });

  it('counts whatever the status beside it says', () => {
    expect(() => read(ok({ ErrorCode: 10010 }))).toThrow(expect.objectContaining({ code: 10010 }));
  });

  it('is meaningless beside topics, as documented, but not forgotten', () => {
    const { topics, ignored } = read({ ...sample, ActionStatus: 'FAIL', ErrorCode: 10002 });
    expect(topics).toHaveLength(1);
    expect(ignored).toMatchObject({ code: 10002 });
  });
});

describe('a malformed answer of get_topic', () => {
  const third = (fields: object) =>
    answerOf({ TopicId: 'a' }, { TopicId: 'b' }, { TopicId: 'c' }, { TopicId: 'd', ...fields });
  const at = 'TopicAndSelfInfo[3].TopicInfo';

  it.each<[string, unknown, string]>([
    [`${at}.NextMsgSeq`, third({ NextMsgSeq: '1' }), 'expected non-negative integer, got string'],
    [
      `${at}.NextMsgSeq`,
      third({ NextMsgSeq: 2n ** 60n }),
      'expected non-negative integer, got an integer beyond 2^53',
    ],
    [`${at}.CreateTime`, third({ CreateTime: -1 }), 'expected non-negative integer, got the integer -1'],
    [`${at}.LastMsgTime`, third({ LastMsgTime: 0.5 }), 'expected non-negative integer, got a fraction'],
    [`${at}.TopicName`, third({ TopicName: null }), 'expected string, got null'],
    [`${at}.CustomString`, third({ CustomString: {} }), 'expected string, got object'],
    [`${at}.MuteAllMember`, third({ MuteAllMember: 'Maybe' }), 'expected "On" or "Off", got string'],
    [`${at}.ShutUpAllFlag`, third({ ShutUpAllFlag: [] }), 'expected integer, got array'],
    [`${at}.GroupID`, third({ GroupID: 'other' }), 'names another community than the one asked for'],
    [`${at}.GroupId`, third({ GroupId: 'other' }), 'names another community than the one asked for'],
    [`${at}.TopicId`, third({ TopicId: '' }), 'expected non-empty string, got an empty string'],
    [`${at}.TopicId`, third({ TopicId: undefined }), 'missing'],
    [`${at}.TopicId`, third({ TopicId: 'é'.repeat(257) }), 'expected at most 512 bytes, got string'],
    ['TopicAndSelfInfo[0].TopicInfo', ok({ TopicAndSelfInfo: [{ ErrorCode: 0 }] }), 'missing'],
    [
      'TopicAndSelfInfo[0].TopicInfo.TopicId',
      ok({ TopicAndSelfInfo: [{ ErrorCode: 1, TopicInfo: {} }] }),
      'missing',
    ],
    [
      'TopicAndSelfInfo[0].ErrorCode',
      ok({ TopicAndSelfInfo: [{ ErrorCode: '0', TopicInfo: {} }] }),
      'expected integer, got string',
    ],
    ['TopicAndSelfInfo[0]', ok({ TopicAndSelfInfo: [null] }), 'expected object, got null'],
    ['TopicAndSelfInfo', ok({}), 'missing'],
    ['TopicAndSelfInfo', ok({ TopicAndSelfInfo: null }), 'expected array, got null'],
    ['ActionStatus', { TopicAndSelfInfo: [] }, 'missing, and so is ErrorCode'],
    ['ActionStatus', { ...ok({}), ActionStatus: 'PERHAPS' }, 'expected "OK" or "FAIL", got string'],
    [
      'ErrorCode',
      { ActionStatus: 'FAIL', ErrorCode: 0 },
      'expected a code other than 0 with ActionStatus FAIL',
    ],
    ['', 'hello', 'expected object, got string'],
  ])('names %s', (path, answer, problem) => {
    const error = (() => {
      try {
        return read(answer);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ name: 'MalformedAnswerError', path, treatment: 'retry', groupId });
    expect((error as Error).message).toContain(`malformed answer, ${path || 'body'}: ${problem}. `);
  });

  it('is not made of a failed topic’s other fields', () => {
    const answer = ok({
      TopicAndSelfInfo: [{ ErrorCode: 10010, TopicInfo: { TopicId: 'a', NextMsgSeq: 'x' } }],
    });
    expect(read(answer).failures).toEqual([{ topicId: 'a', code: 10010, info: '' }]);
  });
});
