import { topicsWanting } from '../../shared/catalog/attention.ts';
import { allCommunities, readCommunity } from '../../shared/catalog/communities.ts';
import { holdsDeletions } from '../../shared/catalog/run.ts';
import { readRun } from '../../shared/catalog/runs.ts';
import { readSnapshot, topicsOf } from '../../shared/catalog/topics.ts';
import { readAhead } from '../../shared/readAhead.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import type { Mirror } from '../mirror.ts';
import type { Selection } from './order.ts';

/** Communities, or topics, that are read at once. */
const READ_AHEAD = 8;

/**
 * Yields the topics that are meant, as the mirror has them.
 * @throws {CommandError} when a community, topic or run that is named is not in the mirror
 */
export async function* selectedTopics(mirror: Mirror, selection: Selection): AsyncGenerator<Snapshot> {
  const { groups, topics, run, since, which } = selection;
  const [group = ''] = groups;
  if (topics.length > 0) yield* namedTopics(mirror, group, topics);
  else if (run !== undefined || since !== undefined) yield* deletedTopics(mirror, selection);
  else yield* topicsIn(mirror, groups, which);
}

/** Of one community's topics those that are meant. Of all, what is there under another id by now counts as that alone. */
function wantedOf(topics: readonly Snapshot[], which: Selection['which']): Snapshot[] {
  if (which !== 'all')
    return topics.filter(({ status }) => status === (which === 'live' ? 'active' : 'deleted'));
  const mirrored = new Set(topics.map(({ topicId }) => topicId));
  return topics.filter(
    ({ status, restoredAs }) =>
      status !== 'missing' && !(restoredAs !== undefined && mirrored.has(restoredAs)),
  );
}

async function* namedTopics(
  { store, sdkAppId }: Mirror,
  group: string,
  topics: readonly string[],
): AsyncGenerator<Snapshot> {
  const read = async (topicId: string) => {
    const snapshot = await readSnapshot(store, sdkAppId, group, topicId);
    if (snapshot) return snapshot;
    throw new CommandError(
      `no topic ${topicId} of the community ${group} was ever mirrored; "topics --group" lists those that were`,
    );
  };
  yield* readAhead(from(new Set(topics)), read, READ_AHEAD);
}

/** Tombstones by when they became such; of a run those that it made. */
async function* deletedTopics(
  mirror: Mirror,
  { groups, run: runId, since = '' }: Selection,
): AsyncGenerator<Snapshot> {
  const { store, sdkAppId } = mirror;
  for (const groupId of groups) await requireCommunity(mirror, groupId);
  const startedAt = runId === undefined ? '' : await startOf({ store, sdkAppId }, runId);
  const first = startedAt > since ? startedAt : since;
  const only = new Set(groups);
  for await (const topic of topicsWanting(store, sdkAppId, 'topic-deleted', first)) {
    const isOfRun = runId === undefined || topic.lastChange.runId === runId;
    if (isOfRun && (only.size === 0 || only.has(topic.groupId))) yield topic;
  }
}

async function startOf({ store, sdkAppId }: Mirror, runId: string): Promise<string> {
  const run = await readRun(store, sdkAppId, runId);
  if (!run)
    throw new CommandError(`there is no run ${JSON.stringify(runId)}; runs lists those that there are`);
  if (!holdsDeletions(run)) return run.startedAt;
  throw new CommandError(
    `the run ${runId} holds its deletions back; "deletions" lists them, and what "deletions --approve ${runId}" carries out can be put back`,
  );
}

/** The topics that are meant of some communities, or of all. */
async function* topicsIn(
  mirror: Mirror,
  groups: readonly string[],
  which: Selection['which'],
): AsyncGenerator<Snapshot> {
  const { store, sdkAppId } = mirror;
  const collect = async (groupId: string) => {
    if (groups.length > 0) await requireCommunity(mirror, groupId);
    return wantedOf(await Array.fromAsync(topicsOf(store, sdkAppId, groupId, { consistent: true })), which);
  };
  const ids = groups.length > 0 ? from(new Set(groups)) : idsOf(mirror);
  for await (const topics of readAhead(ids, collect, READ_AHEAD)) yield* topics;
}

async function* idsOf({ store, sdkAppId }: Mirror): AsyncGenerator<string> {
  for await (const { groupId } of allCommunities(store, sdkAppId)) yield groupId;
}

async function requireCommunity({ store, sdkAppId }: Mirror, groupId: string): Promise<void> {
  if (await readCommunity(store, sdkAppId, groupId, { consistent: true })) return;
  throw new CommandError(`the community ${groupId} is not mirrored; "communities" lists those that are`);
}

async function* from<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}
