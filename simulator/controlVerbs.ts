import * as v from 'valibot';
import type { AppState } from './app/state.ts';
import type { MutationPlan, NewCommunity, TopicFields } from './app/types.ts';
import { parseJson } from './json.ts';

/** A change to an app, told by a JSON body. Gives what to answer. @throws Error that names a wrong field */
export type Verb = (app: AppState, bodyText: string) => unknown;

const id = v.pipe(v.string(), v.nonEmpty());
const count = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000)));
const fields = v.custom<TopicFields>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const topic = { groupId: id, topicId: id };

/** POST /simulator/<verb>; the same as the methods of SimulatedApp. */
export const verbs = {
  mutate: verb(
    v.strictObject({
      edits: count,
      deletions: count,
      creations: count,
      messages: count,
      disbandings: count,
      newCommunities: count,
      seed: v.optional(v.pipe(v.number(), v.safeInteger())),
    }),
    (app, plan) => app.mutate(plan as MutationPlan),
  ),
  'create-topic': verb(v.strictObject({ groupId: id, fields: v.optional(fields, {}) }), (app, body) =>
    app.createTopic(body.groupId, body.fields),
  ),
  'edit-topic': verb(v.strictObject({ ...topic, fields }), (app, body) =>
    app.editTopic(body.groupId, body.topicId, body.fields),
  ),
  'delete-topic': verb(v.strictObject(topic), (app, body) => app.deleteTopic(body.groupId, body.topicId)),
  'post-messages': verb(v.strictObject({ ...topic, count }), (app, body) =>
    app.postMessages(body.groupId, body.topicId, body.count),
  ),
  'create-community': verb(
    v.strictObject({ groupId: v.optional(id), supportsTopics: v.optional(v.boolean()), topics: count }),
    (app, body) => app.createCommunity(body as NewCommunity),
  ),
  'disband-community': verb(v.strictObject({ groupId: id }), (app, body) =>
    app.disbandCommunity(body.groupId),
  ),
  'set-community-feature': verb(v.strictObject({ on: v.boolean() }), (app, body) =>
    app.setCommunityFeature(body.on),
  ),
  'rotate-secret-key': verb(v.strictObject({ secretKey: id }), (app, body) =>
    app.rotateSecretKey(body.secretKey),
  ),
  'set-topic-support': verb(v.strictObject({ groupId: id, on: v.boolean() }), (app, body) =>
    app.setTopicSupport(body.groupId, body.on),
  ),
};

export type VerbName = keyof typeof verbs;

function verb<Schema extends v.GenericSchema>(
  schema: Schema,
  run: (app: AppState, body: v.InferOutput<Schema>) => unknown,
): Verb {
  return (app, bodyText) => {
    const result = v.safeParse(schema, parseJson(bodyText.trim() || '{}'));
    if (result.success) return run(app, result.output);
    const [issue] = result.issues;
    throw new RangeError(`${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  };
}
