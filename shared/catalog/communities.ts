import type { Community, CommunityDeletions, CommunityRun, Failure } from './community.ts';
import { attentionOf, communitiesPartition, communityKey, SHARDS, shardOf } from './keys.ts';
import {
  type Expression,
  getItem,
  type Item,
  type QueryOptions,
  queryItems,
  type Store,
  setAll,
  type Update,
  updateItem,
} from './store.ts';

export type * from './community.ts';

/**
 * What stored digests begin with: the layout of the snapshots that they were written with. A release that stores more
 * of a snapshot, or files it elsewhere, raises it: stamps of another layout are read without their digest, so that the
 * next answer is compared, and every snapshot of the community looked at.
 */
const LAYOUT = '2:';

/** Bytes of an error that a stamp keeps: with the longest ids and figures the stamp is still under 1 KB. */
const ERROR_BYTES = 140;

/** Reads a community's stamp. */
export async function readCommunity(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent }: { consistent: boolean },
): Promise<Community | undefined> {
  const item = await getItem(store, communityKey(sdkAppId, groupId), consistent);
  return item && toCommunity(item);
}

/** How a shard's stamps are read. */
interface StampsWanted extends Pick<QueryOptions, 'consistent' | 'pageItems'> {
  /** Only this community and those behind it, which need not be in the shard. */
  readonly from?: string | undefined;
}

/** Yields the stamps of one of the 16 shards, in the order of the group ids (as keys spell them). */
export async function* communitiesIn(
  store: Store,
  sdkAppId: number,
  shard: number,
  { from, ...options }: StampsWanted = {},
): AsyncGenerator<Community> {
  const pk = communitiesPartition(sdkAppId, shard);
  const condition =
    from === undefined
      ? { expression: 'pk = :pk', values: { ':pk': pk } }
      : {
          expression: 'pk = :pk AND sk >= :from',
          values: { ':pk': pk, ':from': communityKey(sdkAppId, from).sk },
        };
  for await (const item of queryItems(store, condition, options)) yield toCommunity(item);
}

/**
 * Yields every community's stamp, shard by shard.
 * @param options.from only this community and those behind it, in that order
 */
export async function* allCommunities(
  store: Store,
  sdkAppId: number,
  { from, ...options }: StampsWanted = {},
): AsyncGenerator<Community> {
  const first = from === undefined ? 0 : shardOf(from);
  for (let shard = first; shard < SHARDS; shard++)
    yield* communitiesIn(store, sdkAppId, shard, { ...options, from: shard === first ? from : undefined });
}

/**
 * Stamps a community whose answer has the stored digest. Refused when the stamp is not the one that was read, or
 * a newer answer is in: the caller must look again.
 */
export function stampUnchanged(
  store: Store,
  sdkAppId: number,
  { groupId, digest, missingCount, run: seen }: Community,
  run: CommunityRun,
): Promise<boolean> {
  const asRead = withRunAt(seen?.askedAt);
  const unchanged = `digest = :digest AND missingCount = :missing AND lastSyncedAt < :askedAt AND ${asRead.expression}`;
  // A repeated request whose first answer was lost finds its own block there.
  const own = '#run.id = :runId AND #run.askedAt = :askedAt';
  return update(store, sdkAppId, groupId, success({}, run), {
    expression: `attribute_not_exists(writer) AND (${unchanged} OR ${own})`,
    names: asRead.names,
    values: {
      ...asRead.values,
      ...{
        ':digest': `${LAYOUT}${digest}`,
        ':missing': missingCount,
        ':askedAt': run.askedAt,
        ':runId': run.id,
      },
    },
  });
}

/** That a stamp has the block of a run that it had when it was read: what others have counted since would be lost. */
function withRunAt(seenAt: string | undefined): Required<Expression> {
  const expression = seenAt === undefined ? 'attribute_not_exists(#run)' : '#run.askedAt = :seenAt';
  return { expression, names: { '#run': 'run' }, values: seenAt === undefined ? {} : { ':seenAt': seenAt } };
}

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
  const removed = [...(askedAt === undefined ? [] : ['digest']), ...(isThere ? ['deletedAt'] : [])];
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

/** What a community's snapshots amount to once they are written. */
export interface Written {
  readonly topicCount: number;
  readonly missingCount: number;
  /** Absent: the next answer is compared with the snapshots, whatever its digest. */
  readonly digest?: string;
  /** Set when the answer was that the community does not exist. */
  readonly lastErrorCode?: number;
  readonly deletions?: CommunityDeletions | undefined;
  /** Default active: the community has answered. */
  readonly status?: Community['status'];
}

/** Stamps a community whose snapshots are written, and gives the lease back. Refused when the lease was lost. */
export function stampWritten(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer }: WriterLease,
  written: Written,
  run: CommunityRun,
): Promise<boolean> {
  return update(store, sdkAppId, groupId, success(written, run), {
    expression: 'writer = :me',
    values: { ':me': writer },
  });
}

/** What an error leaves on a stamp. */
const ERROR_FIELDS = [
  'lastErrorCode',
  'lastError',
  'lastErrorRunId',
  'failingSince',
  'attention',
  'attentionSince',
];

/** What carrying out deletions leaves of a community. */
export type Tombstones = Pick<Community, 'topicCount' | 'missingCount' | 'run'> & {
  readonly deletions: CommunityDeletions | undefined;
  /** Set when the community itself is deleted. */
  readonly deletedAt?: string | undefined;
  /** Whether the stamp's error is that of an earlier delivery of the same work, which is done now. */
  readonly clearsError?: boolean;
};

/** Stamps a community whose deletions are carried out, and gives the lease back. Refused when it was lost. */
export function stampTombstones(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer }: WriterLease,
  { deletedAt, clearsError = false, ...state }: Tombstones,
): Promise<boolean> {
  const gone = deletedAt === undefined ? {} : { deletedAt, status: 'deleted' };
  const set = setAll({ ...state, ...gone });
  const left = ['writer', 'writingUntil', ...(clearsError ? ERROR_FIELDS : [])];
  const change = { ...set, expression: `${set.expression} REMOVE ${left.join(', ')}`, removes: left };
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
 * Takes a community's digest away: the next answer is compared with the snapshots, whatever it says. For a writer that
 * has lost its lease and may have written since, beside somebody who has stamped the community.
 */
export function distrust(store: Store, sdkAppId: number, groupId: string): Promise<boolean> {
  const change: Update = { expression: 'REMOVE digest', removes: ['digest'] };
  return update(store, sdkAppId, groupId, change, { expression: 'attribute_exists(pk)' });
}

/** The status, and the counts if snapshots were written all the same. */
export type StampState = Pick<Community, 'status'> & Partial<Omit<Written, 'digest' | 'lastErrorCode'>>;

/**
 * Stamps a community that could not be synced, or not wholly; its digest stays as it is. Refused when a newer
 * answer is in, or when the run's block is not the one that was read. An unsupported community is no failure as long as
 * nothing is mirrored of it: the caller decides by `run`.
 * @param seenAt `run.askedAt` of the stamp that was read; undefined when it had no block
 * @param lease given back with it; needed when the counts are to be stamped, and refused when it was lost
 */
export function stampFailed(
  store: Store,
  sdkAppId: number,
  groupId: string,
  failure: Failure,
  run: CommunityRun,
  state: StampState,
  seenAt: string | undefined,
  lease?: WriterLease,
): Promise<boolean> {
  const attention = attentionOf(
    sdkAppId,
    state.status === 'unsupported' ? 'community-unsupported' : 'community-failing',
  );
  const { code: lastErrorCode, message } = failure;
  const lastError = shortened(message);
  const set = setAll({ groupId, itemType: 'community', ...state, run, lastErrorCode, lastError, attention });
  const since = ['failingSince', 'attentionSince'].map(
    (name) => `${name} = if_not_exists(${name}, :askedAt)`,
  );
  const remove = [
    'lastErrorRunId',
    ...(lastErrorCode === undefined ? ['lastErrorCode'] : []),
    ...(lease ? ['writer', 'writingUntil'] : []),
  ];
  const change = {
    ...set,
    expression: `${set.expression}, ${since.join(', ')} REMOVE ${remove.join(', ')}`,
  };
  const asRead = withRunAt(seenAt);
  const isNewest = '(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :askedAt)';
  return update(store, sdkAppId, groupId, change, {
    expression: `${isNewest} AND ${asRead.expression}${lease ? ' AND writer = :me' : ''}`,
    names: asRead.names,
    values: { ...asRead.values, ':askedAt': run.askedAt, ...(lease && { ':me': lease.writer }) },
  });
}

/** A delivery of a community's message that failed for another reason than the API's. */
export interface Trouble {
  readonly runId: string;
  /** When the delivery began, ISO 8601 UTC. */
  readonly at: string;
  readonly message: string;
}

/**
 * Notes on the stamp why a message comes back, so that the run can name the last error of one that becomes a dead
 * letter. It is no outcome: the run goes on waiting for one. Refused when the community has been synced since, and, but
 * for a message that asks for no answer, when the run has a good outcome of it.
 */
export function noteTrouble(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { runId, at, message }: Trouble,
  { asksNothing = false } = {},
): Promise<boolean> {
  const attention = attentionOf(sdkAppId, 'community-failing');
  const lastError = shortened(message);
  const set = setAll({ groupId, itemType: 'community', lastError, lastErrorRunId: runId, attention });
  const since = ['failingSince', 'attentionSince'].map((name) => `${name} = if_not_exists(${name}, :at)`);
  const change: Update = {
    ...set,
    expression: `${set.expression}, ${since.join(', ')} REMOVE lastErrorCode`,
    names: { ...set.names, ...(!asksNothing && { '#run': 'run' }) },
    values: { ...set.values, ':at': at },
  };
  const open = '(attribute_not_exists(#run) OR #run.id <> :lastErrorRunId OR #run.outcome = :failed)';
  return update(store, sdkAppId, groupId, change, {
    expression: `(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :at)${asksNothing ? '' : ` AND ${open}`}`,
    values: asksNothing ? {} : { ':failed': 'failed' },
  });
}

/** Sets what a complete answer says and clears what a failure or a writer left. */
function success(written: Partial<Written>, run: CommunityRun): Update {
  const status = written.status ?? 'active';
  const digest = written.digest && `${LAYOUT}${written.digest}`;
  const set = setAll({ ...written, digest, status, lastSyncedAt: run.askedAt, run });
  const left = [...(status === 'deleted' ? [] : ['deletedAt']), ...ERROR_FIELDS, 'writer', 'writingUntil'];
  const clear = left.filter((name) => !(name in written));
  return { ...set, expression: `${set.expression} REMOVE ${clear.join(', ')}`, removes: clear };
}

/** The text's first bytes; a character that they would cut through is left out (`stream` holds it back). */
function shortened(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, ERROR_BYTES), { stream: true });
}

async function update(
  store: Store,
  sdkAppId: number,
  groupId: string,
  change: Update,
  condition: Expression,
): Promise<boolean> {
  const key = communityKey(sdkAppId, groupId);
  // Whether it was in the attention index before tells what the change costs there.
  return (await updateItem(store, key, change, condition, 'ALL_OLD')) !== undefined;
}

/** The stamp that a stored item holds. */
export function toCommunity({ digest, ...item }: Item): Community {
  const { pk: _pk, sk: _sk, itemType: _type, attention: _what, attentionSince: _since, ...community } = item;
  const isCurrent = typeof digest === 'string' && digest.startsWith(LAYOUT);
  return {
    ...{ status: 'active', topicCount: 0, missingCount: 0 },
    ...community,
    ...(isCurrent && { digest: digest.slice(LAYOUT.length) }),
  } as unknown as Community;
}
