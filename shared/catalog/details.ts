import { parseJson, stringifyJson } from '../chat/json.ts';
import type { TopicDetails } from '../sync/snapshot.ts';
import type { Item } from './store.ts';

/** The attributes that hold a topic's details: one a field, by the field's own name, readable in the console. */
const FIELDS = [
  'topicName',
  'introduction',
  'notification',
  'faceUrl',
  'customString',
  'createTime',
  'lastMsgTime',
  'nextMsgSeq',
  'muteAllMember',
] as const satisfies readonly (keyof TopicDetails)[];

/**
 * Details as attributes. `extra` is stored as JSON text: a DynamoDB number has 38 digits and no -0 or exponent
 * beyond 125, so only text keeps what this project does not know verbatim.
 */
export function toAttributes(details: TopicDetails): Item {
  const { extra, ...fields } = details;
  return { ...fields, ...(extra && { extra: stringifyJson(extra) }) };
}

/** The details that an item's attributes hold; a field without an attribute stays absent. */
export function fromAttributes(item: Item): TopicDetails {
  const fields = FIELDS.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]);
  const extra = item['extra'] === undefined ? {} : { extra: parseJson(item['extra'] as string) };
  return { ...Object.fromEntries(fields), ...extra };
}
