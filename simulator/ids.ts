/**
 * Group and topic ids: the shapes Tencent gives out, and the rules for ids chosen by the app.
 * Rules: https://trtc.io/document/33529 (group system: custom group id, custom topic id).
 */
import { scramble } from './random.ts';

export const groupTypes = ['Public', 'Private', 'ChatRoom', 'AVChatRoom', 'BChatRoom', 'Community'] as const;
export type GroupType = (typeof groupTypes)[number];

const COMMUNITY_PREFIX = '@TGS#_';
const TOPIC_SEPARATOR = '@TOPIC#_';
const DEFAULT_TOPIC_SEPARATOR = '@TOPIC#_@TOPIC#';
const MAX_GROUP_ID_BYTES = 48;
const MAX_TOPIC_ID_BYTES = 96;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const CUSTOM_SHARE = 15; // per cent of ids that look chosen by the app
const typePrefixes = { Public: '2', Private: '1', ChatRoom: '3', AVChatRoom: 'a', BChatRoom: 'b' } as const;
const customGroupNames = ['guild-', 'Fan Club ', 'city.', 'school/class_', 'season#'] as const;
const customTopicNames = ['general-', 'chat room ', 'news.', 'q&a_', 'level#', 'help@'] as const;

/** The id of the group created as number `ordinal`; different ordinals give different ids. */
export function groupIdFor(type: GroupType, ordinal: number, seed: number): string {
  const bits = scramble(ordinal, seed);
  const custom = bits % 100 < CUSTOM_SHARE;
  if (type === 'Community') {
    return (
      COMMUNITY_PREFIX + (custom ? `${nameFrom(customGroupNames, bits)}${ordinal}` : `@TGS#c${encode(bits)}`)
    );
  }
  return custom
    ? `${nameFrom(customGroupNames, bits)}${ordinal}`
    : `@TGS#${typePrefixes[type]}${encode(bits)}`;
}

/** A community id in Tencent's default shape, for one that is created later. */
export function defaultCommunityId(ordinal: number, seed: number): string {
  return `${COMMUNITY_PREFIX}@TGS#c${encode(scramble(ordinal, seed))}`;
}

/** The id of a community's topic number `ordinal`; different ordinals give different ids. */
export function topicIdFor(groupId: string, ordinal: number, key: number): string {
  const bits = scramble(ordinal, key);
  return bits % 100 < CUSTOM_SHARE
    ? `${groupId}${TOPIC_SEPARATOR}${nameFrom(customTopicNames, bits)}${ordinal}`
    : defaultTopicId(groupId, ordinal, key);
}

/** A topic id in Tencent's default shape, as import_topic gives when none is chosen. */
export function defaultTopicId(groupId: string, ordinal: number, key: number): string {
  return `${groupId}${DEFAULT_TOPIC_SEPARATOR}c${encode(scramble(ordinal, key))}`;
}

export function isWellFormedGroupId(groupId: string): boolean {
  return groupId.length < MAX_GROUP_ID_BYTES && PRINTABLE_ASCII.test(groupId);
}

export function isWellFormedCommunityId(groupId: string): boolean {
  return isWellFormedGroupId(groupId) && groupId.startsWith(COMMUNITY_PREFIX) && groupId.length > 6;
}

/** What is wrong with a topic id chosen by the app, or undefined when it may be used. */
export function customTopicIdProblem(groupId: string, topicId: string): string | undefined {
  if (!topicId.startsWith(groupId + TOPIC_SEPARATOR))
    return `must be GroupId + "${TOPIC_SEPARATOR}" + a part`;
  const part = topicId.slice(groupId.length + TOPIC_SEPARATOR.length);
  if (!PRINTABLE_ASCII.test(part)) return 'the custom part must be printable ASCII and not empty';
  if (topicId.length > MAX_TOPIC_ID_BYTES) return `must be at most ${MAX_TOPIC_ID_BYTES} bytes`;
  if (topicId.slice(groupId.length).includes(DEFAULT_TOPIC_SEPARATOR) || part.includes(COMMUNITY_PREFIX)) {
    return `the custom part must not contain "${COMMUNITY_PREFIX}" or look like a default id`;
  }
  return undefined;
}

function nameFrom(names: readonly string[], bits: number): string {
  return names[(bits >>> 8) % names.length] as string;
}

/** 32 bits in the style of "QVLVHIM62CJ": seven letters around a fixed mark. */
function encode(bits: number): string {
  const letters = [27, 22, 17, 12, 7, 2].map((shift) => BASE_32[(bits >>> shift) & 31]).join('');
  return `${letters.slice(0, 5)}IM62${letters[5]}${BASE_32[bits & 3]}`;
}
