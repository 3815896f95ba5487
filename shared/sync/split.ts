import { type JsonValue, stringifyJson } from '../chat/json.ts';
import type { TopicFields } from '../chat/types.ts';
import type { TopicActivity, TopicDetails, TopicProfile } from './snapshot.ts';

/** A topic of an answer, its two halves apart: what people set, and what talking moves. */
export interface SplitTopic {
  readonly topicId: string;
  readonly profile: TopicProfile;
  readonly activity: TopicActivity;
}

/**
 * Fields of TopicInfo that no page names and that count what is said: Tencent's own SDK reads the first, and clients have
 * properties like the others. What counts like them is kept, but is no edit of the topic.
 */
export const COUNTERS = [
  'LastMsgSeq',
  'LastEventSeq',
  'NextEventSeq',
  'LastInfoTime',
  'OnlineMemberNum',
  // Known ones, where the API sends them as something that is no number.
  'NextMsgSeq',
  'LastMsgTime',
] as const;

/** Which unknown fields are counters: the known ones, and those that a setting adds. */
export function countersWith(added: readonly string[]): ReadonlySet<string> {
  return new Set<string>([...COUNTERS, ...added]);
}

/** Takes a topic of an answer apart. @param counters names of unknown fields that are activity */
export function splitTopic({ topicId, ...details }: TopicFields, counters: ReadonlySet<string>): SplitTopic {
  const { nextMsgSeq, lastMsgTime, extra, ...profile } = details;
  const moved = {
    ...(nextMsgSeq !== undefined && { nextMsgSeq }),
    ...(lastMsgTime !== undefined && { lastMsgTime }),
  };
  if (!extra) return { topicId, profile, activity: moved };
  const [counted, set] = parted(extra, (name, value) => counters.has(name) && isCounter(value));
  return {
    topicId,
    profile: { ...profile, ...(set && { extra: set }) },
    activity: { ...moved, ...(counted && { extra: counted }) },
  };
}

/** Both halves of a topic as one: every field that the API has sent of it. */
export function joinDetails(profile: TopicProfile, activity: TopicActivity = {}): TopicDetails {
  const extra = { ...profile.extra, ...activity.extra };
  return { ...profile, ...activity, ...(Object.keys(extra).length > 0 && { extra }) };
}

type Extra = NonNullable<TopicDetails['extra']>;

/** Characters of a counter that comes as a text: one item has those of all topics of a community. */
const LONGEST_COUNTER = 32;

/** Whether a value may be a counter's: no list, no object, no long text. */
function isCounter(value: JsonValue): boolean {
  const text = stringifyJson(value);
  return text.length <= LONGEST_COUNTER && !text.startsWith('{') && !text.startsWith('[');
}

/** The fields that pass the test, and the others; undefined where there is none. */
function parted(
  extra: Extra,
  test: (name: string, value: JsonValue) => boolean,
): [Extra | undefined, Extra | undefined] {
  const entries = Object.entries(extra);
  const having = (wanted: boolean) => fromEntries(entries.filter((entry) => test(...entry) === wanted));
  return [having(true), having(false)];
}

function fromEntries(entries: readonly (readonly [string, JsonValue])[]): Extra | undefined {
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
