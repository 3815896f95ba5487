import { createHash } from 'node:crypto';
import type { JsonValue } from '../chat/json.ts';
import { canonical } from './canonical.ts';
import type { SplitTopic } from './split.ts';

/** Part of every digest: a release that reads or stores more of an answer raises it, and compares anew once. */
const DIGEST_VERSION = 2;

/** Characters of a half: 96 bits. Two of them stand on a stamp that is to stay under 1 KB. */
const HALF = 16;

/**
 * A digest of all that an answer says of a community's topics, whatever their order, in two halves: of the profiles, and of
 * the activity. Two answers with the same first half mirror to the same topics, so the second needs no look at them; with
 * both the same they mirror to the same roster, too.
 */
export function digestOf(topics: readonly SplitTopic[]): string {
  const ordered = [...topics].sort((a, b) => (a.topicId < b.topicId ? -1 : 1));
  const half = (of: (topic: SplitTopic) => unknown) => {
    const hash = createHash('sha256').update(`${DIGEST_VERSION}\n`);
    for (const topic of ordered) hash.update(`${canonical([topic.topicId, of(topic)] as JsonValue)}\n`);
    return hash.digest('base64url').slice(0, HALF);
  };
  return `${half(({ profile }) => profile)}.${half(({ activity }) => activity)}`;
}

/** Whether two digests are of the same profiles. */
export function sameProfiles(a: string, b: string): boolean {
  return a.slice(0, HALF) === b.slice(0, HALF);
}
