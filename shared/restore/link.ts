import type { Catalog } from '../catalog/index.ts';
import { changeOf } from '../sync/snapshot.ts';
import type { Restore } from './intent.ts';
import type { RestoreParts } from './parts.ts';

/** What telling tombstones of new ids needs of the world, for one app. */
export interface LinkParts
  extends Pick<Catalog, 'beginWriting' | 'endWriting' | 'putChanges' | 'markRestored'>,
    Pick<RestoreParts, 'owner' | 'put' | 'now' | 'sleep' | 'mark'> {}

/** A killed writer of snapshots keeps others away for ten seconds: more is waited than that. */
const PATIENCE_MS = 30_000;

const LOOK_AGAIN_MS = 500;

/** Topics that are linked at once: a community has some two hundred at most, which take a second so. */
const AT_ONCE = 25;

const LEASE_MS = 10_000;

/**
 * Tells the tombstones of a community under which ids their topics were put back, in their snapshots and histories. The
 * next night tells the new topics in turn: for that it has to compare its answer in full, so the community's digest is
 * taken away, under its writer's lease, which keeps anybody from bringing it back meanwhile. Safe to repeat.
 * @param restores done, of this one community
 * @returns false when others were writing the community all the time
 */
export async function linkCommunity(
  parts: LinkParts,
  groupId: string,
  restores: readonly Restore[],
): Promise<boolean> {
  const { owner: writer } = parts;
  if (!(await takeLease(parts, groupId))) return false;
  try {
    for (let from = 0; from < restores.length; from += AT_ONCE)
      await Promise.all(restores.slice(from, from + AT_ONCE).map((restore) => link(parts, restore)));
  } finally {
    await parts.endWriting(groupId, { writer, until: '' });
  }
  return true;
}

async function link(parts: LinkParts, restore: Restore): Promise<void> {
  const tombstone = await parts.markRestored(restore, restore.newTopicId ?? '');
  if (tombstone) await parts.putChanges([changeOf(tombstone)]);
  const linkedAt = new Date(parts.now()).toISOString();
  await parts.put({ ...restore, linkedAt, mark: parts.mark() }, restore);
}

async function takeLease(parts: LinkParts, groupId: string): Promise<boolean> {
  const giveUpAt = parts.now() + PATIENCE_MS;
  for (;;) {
    const at = parts.now();
    const [now, until] = [at, at + LEASE_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
    const stamp = await parts.beginWriting(groupId, { writer: parts.owner, until, now, askedAt: now });
    if (stamp) return true;
    if (at > giveUpAt) return false;
    await parts.sleep(LOOK_AGAIN_MS);
  }
}
