import { createHash } from 'node:crypto';
import type { JsonValue } from '../chat/json.ts';
import type { TopicFields } from '../chat/types.ts';
import { canonical } from './canonical.ts';

/** Part of every digest: a release that reads or stores more of an answer raises it, and compares anew once. */
const DIGEST_VERSION = 1;

/**
 * A digest of all that an answer says of a community's topics, whatever their order. Two answers with the same
 * digest mirror to the same snapshots, so the second needs no look at them.
 */
export function digestOf(topics: readonly TopicFields[]): string {
  const hash = createHash('sha256').update(`${DIGEST_VERSION}\n`);
  const ordered = [...topics].sort((a, b) => (a.topicId < b.topicId ? -1 : 1));
  for (const topic of ordered) hash.update(`${canonical(topic as unknown as JsonValue)}\n`);
  return hash.digest('base64url');
}
