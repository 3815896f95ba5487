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
const NOTHING = { topics: [], failures: [], unattributed: [] };
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
      unattributed: [],
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
    expect(read(ok({ TopicAndSelfInfo: [] }))).toEqual(NOTHING);
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
      unattributed: [],
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

describe('an odd answer of get_topic', () => {
  it.each<[string, object]>([
    ['no list', {}],
    ['null for a list', { TopicAndSelfInfo: null }],
    ['an empty list', { TopicAndSelfInfo: [] }],
    ['no list, and null for the rest', { TopicAndSelfInfo: null, ErrorInfo: null, RequestId: 'x' }],
  ])('with %s is of a community without topics', (_what, fields) => {
    expect(read(ok(fields))).toEqual(NOTHING);
  });

  it('says by its code or by its status alone that it is none of an error', () => {
    const list = { TopicAndSelfInfo: [] };
    for (const base of [{ ErrorCode: 0 }, { ErrorCode: '0' }, { ActionStatus: 'OK', ErrorCode: null }])
      expect(read({ ...base, ...list })).toEqual(NOTHING);
  });

  it('names its error by a code in digits, too', () => {
    expect(() => read({ ActionStatus: 'FAIL', ErrorCode: '10010', ErrorInfo: null })).toThrow(
      expect.objectContaining({ code: 10010, info: '' }),
    );
  });

  it('has no field where it is null', () => {
    const empty = { TopicName: null, FaceUrl: null, CreateTime: null, MuteAllMember: null, GroupID: null };
    expect(read(answerOf({ TopicId: topicId, ...empty }))).toEqual({
      ...NOTHING,
      topics: [{ topicId }],
    });
  });

  it('has the number where there are its digits', () => {
    const digits = { CreateTime: '1658839448', LastMsgTime: '0', NextMsgSeq: '17', ShutUpAllFlag: '1' };
    expect(topicOf(digits)).toEqual({
      topicId,
      createTime: 1658839448,
      lastMsgTime: 0,
      nextMsgSeq: 17,
      muteAllMember: true,
    });
  });

  it.each([
    ['NextMsgSeq', 'many'],
    ['NextMsgSeq', 2n ** 60n],
    ['CreateTime', -1],
    ['LastMsgTime', 0.5],
    ['TopicName', 5],
    ['CustomString', { a: [1] }],
    ['MuteAllMember', 'Maybe'],
    ['ShutUpAllFlag', []],
    ['GroupID', 7],
  ])('keeps a %s of an unforeseen type as it is: %p', (name, value) => {
    expect(topicOf({ [name]: value })).toEqual({ topicId, extra: { [name]: value } });
  });

  it('has a topic’s failure where its element cannot be read, and the others all the same', () => {
    const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
    const infos = [
      { TopicId: 'a', TopicName: 'fine' },
      { TopicId: 'b', GroupID: 'another' },
      { TopicId: 'c', Odd: deep },
      { TopicId: 'd', Odd: 'x'.repeat(200_000) },
    ];
    const elements: object[] = infos.map((TopicInfo) => ({ TopicInfo }));
    const answer = ok({
      TopicAndSelfInfo: [...elements, { ErrorCode: 'none', TopicInfo: { TopicId: 'e' } }],
    });
    expect(read(answer)).toEqual({
      topics: [{ topicId: 'a', topicName: 'fine' }],
      failures: [
        { topicId: 'b', info: 'names another community than the one asked for' },
        { topicId: 'c', info: 'Odd is nested deeper than 100' },
        { topicId: 'd', info: expect.stringMatching(/^its fields have 2\d{5} bytes, more than the 150000/) },
        { topicId: 'e', info: 'ErrorCode: expected integer, got string' },
      ],
      unattributed: [],
    });
  });

  it('has a failed topic whose id stands beside its code', () => {
    const element = { ErrorCode: 110003, ErrorInfo: 'gone', TopicId: 'a' };
    expect(read(ok({ TopicAndSelfInfo: [element] })).failures).toEqual([
      { topicId: 'a', code: 110003, info: 'gone' },
    ]);
  });

  it.each<[string, unknown]>([
    ['[1]: expected object, got null', null],
    ['[1].TopicInfo: missing, of an element with the error 10002', { ErrorCode: 10002 }],
    ['[1].TopicInfo: expected object, got null', { ErrorCode: 0, TopicInfo: null }],
    ['[1].TopicInfo.TopicId: missing', { TopicInfo: { TopicName: 'who?' } }],
    ['[1].TopicInfo.TopicId: expected non-empty string, got an empty string', { TopicInfo: { TopicId: '' } }],
    ['[1].TopicInfo.TopicId: expected non-empty string, got the integer 5', { TopicInfo: { TopicId: 5 } }],
    [
      '[1].TopicInfo.TopicId: expected at most 512 bytes, got string',
      { TopicInfo: { TopicId: 'é'.repeat(257) } },
    ],
  ])('counts an element that names no topic: %s', (problem, element) => {
    expect(read(ok({ TopicAndSelfInfo: [{ TopicInfo: { TopicId: 'a' } }, element] }))).toEqual({
      topics: [{ topicId: 'a' }],
      failures: [],
      unattributed: [`TopicAndSelfInfo${problem}`],
    });
  });

  it.each<[string, unknown, string]>([
    ['TopicAndSelfInfo[0].TopicInfo', ok({ TopicAndSelfInfo: [{ ErrorCode: 0 }, null] }), 'missing'],
    [
      'TopicAndSelfInfo[0].TopicInfo',
      answerOf({ TopicId: 'a', GroupId: 'other' }, { TopicId: 'b', GroupID: 'other' }),
      'names another community than the one asked for',
    ],
    ['TopicAndSelfInfo', ok({ GroupIdList: [] }), 'missing'],
    ['TopicAndSelfInfo', ok({ Response: { TopicAndSelfInfo: [] } }), 'missing'],
    ['TopicAndSelfInfo', ok({ TopicAndSelfInfo: {} }), 'expected array, got object'],
    ['ActionStatus', { TopicAndSelfInfo: [] }, 'missing, and so is ErrorCode'],
    ['ActionStatus', { ActionStatus: 'PERHAPS' }, 'expected "OK" or "FAIL", got string'],
    ['ErrorCode', { ActionStatus: 'OK', ErrorCode: 'none' }, 'expected integer, got string'],
    [
      'ErrorCode',
      { ActionStatus: 'FAIL', ErrorCode: 0 },
      'expected a code other than 0 with ActionStatus FAIL',
    ],
    ['', 'hello', 'expected object, got string'],
    ['', null, 'expected object, got null'],
  ])('is malformed where nothing in it is of a topic of the community: %s', (path, answer, problem) => {
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
