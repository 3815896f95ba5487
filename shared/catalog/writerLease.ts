import { DISTRUSTED, toCommunity } from './communities.ts';
import type { Community } from './community.ts';
import { communityKey } from './keys.ts';
import { update } from './stampUpdate.ts';
import { type Expression, type Store, setAll, type Update } from './store.ts';
import { updateItem } from './writeItems.ts';

/** The right to write one community's snapshots. */
export interface WriterLease {
  readonly writer: string;
  /** ISO 8601 UTC. */
  readonly until: string;
}

/** What a writer is about to write. */
export interface Beginning extends WriterLease {
  readonly now: string;
  /** When the answer was asked for; without it no answer is written. */
  readonly askedAt?: string | undefined;
  /** The answer shows that the community exists: a stamp that says deleted must not outlive a writer that dies. */
  readonly isThere?: boolean;
}

/** A stamp as it was when the right to write was taken. */
export type BegunStamp = Community & { readonly isNew: boolean };

/**
 * Takes the right to write a community's snapshots, and takes the digest away until they are written. Refused
 * while another writer's lease runs, or when an answer as new as `askedAt` is already in. Without `askedAt` no answer
 * is written: none is too new, and the digest stays.
 * @returns the stamp as it was, and whether there was none: then nothing is stored of the community; undefined when refused
 */
export async function beginWriting(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer, until, now, askedAt, isThere = false }: Beginning,
): Promise<BegunStamp | undefined> {
  const set = setAll({
    ...{ writer, writingUntil: until, groupId, itemType: 'community' },
    ...(isThere && { status: 'active' }),
  });
  // What was stored until now is about to be read, and compared with the answer.
  const compared = askedAt === undefined ? [] : ['digest', DISTRUSTED];
  const removed = [...compared, ...(isThere ? ['deletedAt'] : [])];
  const remove = removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : '';
  const change: Expression = { ...set, expression: `${set.expression}${remove}` };
  // A repeated request whose first answer was lost finds its own name there.
  const free = '(attribute_not_exists(writer) OR writer = :writer OR writingUntil < :now)';
  const older = '(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :askedAt)';
  const condition: Expression = {
    expression: askedAt === undefined ? free : `${free} AND ${older}`,
    values: { ':now': now, ...(askedAt !== undefined && { ':askedAt': askedAt }) },
  };
  const before = await updateItem(store, communityKey(sdkAppId, groupId), change, condition, 'ALL_OLD');
  return before && { ...toCommunity({ groupId, ...before }), isNew: Object.keys(before).length === 0 };
}

/** Keeps a lease for longer. Refused when it was lost to another writer. */
export function extendWriting(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer, until }: WriterLease,
): Promise<boolean> {
  const change: Expression = { expression: 'SET writingUntil = :until', values: { ':until': until } };
  return update(store, sdkAppId, groupId, change, {
    expression: 'writer = :me',
    values: { ':me': writer },
  });
}

/** Gives a lease back without an outcome: the next writer need not wait for its end. */
export function endWriting(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer }: WriterLease,
): Promise<boolean> {
  const change: Expression = { expression: 'REMOVE writer, writingUntil' };
  return update(store, sdkAppId, groupId, change, {
    expression: 'writer = :me',
    values: { ':me': writer },
  });
}

/**
 * Has the next answer compared with the snapshots, whatever it says: takes the digest away, and marks the stamp so that a
 * writer at work does not bring one back. For a writer that has lost its lease and may have written since, beside
 * somebody who has stamped the community, or is going to.
 */
export function distrust(store: Store, sdkAppId: number, groupId: string): Promise<boolean> {
  const change: Update = {
    expression: `SET ${DISTRUSTED} = :yes REMOVE digest`,
    values: { ':yes': true },
    sets: [],
    removes: ['digest'],
  };
  return update(store, sdkAppId, groupId, change, { expression: 'attribute_exists(pk)' });
}
