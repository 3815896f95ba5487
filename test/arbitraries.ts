import fc from 'fast-check';
import { type JsonValue, parseJson } from '../shared/chat/json.ts';
import type { TopicFields } from '../shared/chat/types.ts';

/** Ids as Tencent documents them: printable ASCII, blanks and separators included. */
export const ids = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 48,
  }),
  // Ids that differ only in what a key escapes or joins with.
  fc.string({ unit: fc.constantFrom('a', '|', '%', '7C', '25', '#', '@', ' '), minLength: 1, maxLength: 6 }),
);

const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    // Numbers that JavaScript cannot hold.
    fc
      .constantFrom('18446744073709551615', '-9007199254740993', '1e400', '0.1234567890123456789')
      .map((text) => parseJson(text) as JsonValue),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '1', '01')), tie('json'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));

/** Any JSON value, as a reader that loses nothing gives it. */
export const jsonValues = json;

/** Fields of the API that this project does not know. */
export const extras = fc.dictionary(fc.string({ minLength: 1 }), jsonValues, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});

/** What an answer says of a topic; each field may be absent, and absent is not empty. */
export const topicDetails = fc.record(
  {
    topicName: fc.string(),
    introduction: fc.string({ unit: 'binary' }),
    notification: fc.constantFrom('', 'Be kind'),
    faceUrl: fc.constantFrom('', 'https://example.com/face.png'),
    customString: fc.string(),
    createTime: fc.nat(),
    lastMsgTime: fc.nat(),
    nextMsgSeq: fc.maxSafeNat(),
    muteAllMember: fc.boolean(),
    extra: extras,
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** An answer's topics, few enough ids that two answers share some. */
export const topicLists: fc.Arbitrary<TopicFields[]> = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 })
  .chain((topicIds) =>
    fc.tuple(...topicIds.map((topicId) => topicDetails.map((details) => ({ topicId, ...details })))),
  );
