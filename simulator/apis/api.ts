import * as v from 'valibot';
import type { AppState } from '../app/state.ts';
import type { Community } from '../app/types.ts';
import { Refusal } from '../errors.ts';
import { isWellFormedGroupId } from '../ids.ts';
import type { JsonObject } from '../json.ts';

/** A Tencent API: the answer's own fields, or a thrown Refusal. */
export type Api = (app: AppState, body: JsonObject) => Record<string, unknown>;

/**
 * Checks a request body.
 * @throws Refusal 10004 that names the first wrong field
 */
export function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: JsonObject,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Refusal(10004, `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
}

/**
 * A community whose topics can be used. An id that cannot be one is 10015; a well-formed id that
 * never existed is 10010 like a disbanded one, as import_topic's page words it: "does not exist or has been deleted".
 * @throws Refusal 10015, 10010, 10007 or 11000
 */
export function topicCommunity(app: AppState, groupId: string): Community {
  if (!isWellFormedGroupId(groupId)) throw new Refusal(10015);
  const community = app.community(groupId);
  if (!app.topicsWork(community)) throw new Refusal(11000);
  return community;
}

export const requiredText = v.pipe(
  v.string('is required and must be a string'),
  v.nonEmpty('must not be empty'),
);
