import type { Catalog } from '../../shared/catalog/index.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';
import type { ChatClient } from '../../shared/chat/index.ts';
import { readAhead } from '../../shared/readAhead.ts';
import { CommandError, EXIT } from '../exit.ts';
import { type Checked, type CheckParts, checkCommunity } from './checkCommunity.ts';
import type { Difference } from './difference.ts';
import { type Listed, listApp } from './listApp.ts';
import { sampleCommunities } from './sample.ts';

/** What verifying needs of the world. */
export interface VerifyParts extends CheckParts {
  readonly catalog: Pick<Catalog, 'readCommunity' | 'topicsOf' | 'communitiesIn'>;
  readonly chat: Pick<ChatClient, 'getTopics' | 'listGroups'>;
  /** Communities that are compared at once. */
  readonly ahead: number;
  onProgress(done: number, of: number): void;
}

/** Which communities to compare: so many drawn at random, these, or all. */
export type Scope =
  | { readonly sample: number; readonly seed: number }
  | { readonly groupIds: readonly string[] }
  | { readonly all: true };

/** What was compared. Added to in place. */
export interface Counts {
  communities: number;
  topics: number;
  /** Communities in which something differs. */
  differing: number;
  differences: number;
  /** Those of the differences that are younger than the catalog's answer. */
  newer: number;
  /** Communities of which the API gave no answer, for a reason that may pass. */
  unanswered: number;
  /** Why the list cannot be taken for complete. */
  doubt?: string;
}

export function createCounts(): Counts {
  return { communities: 0, topics: 0, differing: 0, differences: 0, newer: 0, unanswered: 0 };
}

/** Communities in a row without an answer after which the API counts as out of reach. */
const GIVE_UP = 10;

/**
 * Compares the catalog with the app, community by community, and yields what differs.
 * @param counts added to
 * @throws {CommandError} when nobody knows a community that is named, or the API does not answer
 * @throws {ChatError} for an error that every call would meet
 */
export async function* verify(parts: VerifyParts, scope: Scope, counts: Counts): AsyncGenerator<Difference> {
  const listed = 'all' in scope ? await listApp(parts.chat) : undefined;
  if (listed?.doubt !== undefined) counts.doubt = listed.doubt;
  const { groupIds, size } = await communitiesOf(parts, scope, listed);
  let inARow = 0;
  for await (const checked of readAhead(groupIds, (groupId) => checkCommunity(parts, groupId), parts.ahead)) {
    inARow = checked.unanswered === undefined ? 0 : inARow + 1;
    if (inARow === GIVE_UP) throw outOfReach(checked, counts);
    if (checked.isNowhere && 'groupIds' in scope) throw unknown(checked);
    const differences = [...checked.differences, ...notListed(checked, listed)];
    count(counts, checked, differences);
    parts.onProgress(counts.communities, Math.max(size, counts.communities));
    yield* differences;
  }
  if (listed) yield* notMirrored(parts, listed, counts);
}

function count(counts: Counts, { topics, unanswered }: Checked, differences: readonly Difference[]): void {
  counts.communities += 1;
  counts.topics += topics;
  if (unanswered !== undefined) counts.unanswered += 1;
  if (differences.length > 0) counts.differing += 1;
  counts.differences += differences.length;
  counts.newer += differences.filter(({ newer }) => newer).length;
}

async function communitiesOf(
  { catalog }: VerifyParts,
  scope: Scope,
  listed: Listed | undefined,
): Promise<{ groupIds: AsyncIterable<string>; size: number }> {
  if (listed) return { groupIds: mirroredCommunities(catalog, listed), size: listed.groupIds.size };
  const groupIds =
    'sample' in scope
      ? await sampleCommunities(catalog, scope.sample, scope.seed)
      : 'groupIds' in scope
        ? scope.groupIds
        : [];
  return { groupIds: inTurn(groupIds), size: groupIds.length };
}

async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** Communities of the catalog; a tombstone only if the list names it. */
async function* mirroredCommunities(
  { communitiesIn }: Pick<Catalog, 'communitiesIn'>,
  { groupIds }: Listed,
): AsyncGenerator<string> {
  for (let shard = 0; shard < SHARDS; shard++) {
    for await (const { groupId, status } of communitiesIn(shard))
      if (status !== 'deleted' || groupIds.has(groupId)) yield groupId;
  }
}

/** A community that is there and that a list without doubt does not name. */
function notListed({ groupId, differences }: Checked, listed: Listed | undefined): Difference[] {
  if (!listed || listed.doubt !== undefined || listed.groupIds.has(groupId)) return [];
  const isKnown = differences.some(({ topicId }) => topicId === undefined);
  return isKnown
    ? []
    : [{ groupId, kind: 'community-not-listed', catalog: 'active', api: 'not in the list' }];
}

/** Communities of the list that the catalog has no stamp of. */
async function* notMirrored(
  { catalog }: VerifyParts,
  { groupIds }: Listed,
  counts: Counts,
): AsyncGenerator<Difference> {
  const left = new Set(groupIds);
  for (let shard = 0; shard < SHARDS; shard++)
    for await (const { groupId } of catalog.communitiesIn(shard)) left.delete(groupId);
  for (const groupId of left) {
    counts.communities += 1;
    counts.differing += 1;
    counts.differences += 1;
    yield { groupId, kind: 'community-not-in-catalog', api: 'in the list' };
  }
}

function outOfReach({ unanswered = '' }: Checked, { communities }: Counts): CommandError {
  return new CommandError(
    `the API has not answered for ${GIVE_UP} communities in a row, after ${communities - GIVE_UP + 1} were compared: ${unanswered}`,
    EXIT.unreachable,
  );
}

function unknown({ groupId }: Checked): CommandError {
  return new CommandError(
    `neither the catalog nor the app has a community ${groupId}; "communities" lists those that are mirrored`,
  );
}
