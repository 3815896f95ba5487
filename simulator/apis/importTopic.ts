import * as v from 'valibot';
import type { TopicFields } from '../app/types.ts';
import { Refusal } from '../errors.ts';
import { customTopicIdProblem } from '../ids.ts';
import { type Api, parseBody, requiredText, topicCommunity } from './api.ts';

const MAX_UINT32 = 2 ** 32 - 1;

const schema = v.object({
  Type: v.optional(v.literal('Community', 'must be Community')),
  GroupId: requiredText,
  TopicId: v.optional(v.string('must be a string')),
  TopicName: v.pipe(requiredText, atMost(30)),
  // Typed uint64 on the page but a string in samples; both are taken.
  From_Account: v.optional(v.union([v.string(), v.number(), v.bigint()], 'must be a string')),
  CustomString: optionalText(3000),
  FaceUrl: optionalText(100),
  Notification: optionalText(300),
  Introduction: optionalText(240),
  CreateTime: v.optional(
    v.pipe(
      v.number('must be an integer'),
      v.integer('must be an integer'),
      v.minValue(0, 'must not be negative'),
      v.maxValue(MAX_UINT32, 'must be in seconds'),
    ),
  ),
});

/**
 * Puts a topic into a community (https://www.tencentcloud.com/document/product/1047/53448, byte limits included).
 * Mute state, counters and LastMsgTime cannot be imported; fields that are not documented are ignored.
 */
export const importTopic: Api = (app, body) => {
  const { GroupId, TopicId, Type: _type, From_Account: _account, ...texts } = parseBody(schema, body);
  const problem = TopicId === undefined ? undefined : customTopicIdProblem(GroupId, TopicId);
  if (problem) throw new Refusal(10004, `TopicId: ${problem}`);
  topicCommunity(app, GroupId);
  const fields = { ...texts, ...(TopicId !== undefined && { TopicId }) } as TopicFields;
  return { TopicId: app.createTopic(GroupId, fields).TopicId };
};

function optionalText(bytes: number) {
  return v.optional(v.pipe(v.string('must be a string'), atMost(bytes)));
}

/** Limits are in bytes of UTF-8. */
function atMost(bytes: number) {
  return v.maxBytes<string, number, string>(bytes, `must not exceed ${bytes} bytes`);
}
