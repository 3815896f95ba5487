import { readAhead } from '../../readAhead.ts';
import type { Snapshot } from '../../sync/snapshot.ts';
import { allCommunities } from '../communities.ts';
import type { Store } from '../store.ts';
import { topicsOf } from '../topics.ts';
import { placed, type Question } from './answer.ts';
import { CursorError, type Position } from './cursor.ts';

/** Which topics are wanted. */
export interface TopicsWanted {
  /** Only those of this community. */
  readonly groupId?: string | undefined;
}

/** Communities whose topics are read at once: keeps a remote table busy, and 200 topics each in memory. */
const READ_AHEAD = 8;

/**
 * All topics that are mirrored, tombstones included, community by community: an order that is the same every time, by
 * the shard of the community, then by the ids as keys spell them.
 */
export const allTopics: Question<TopicsWanted, Snapshot> = {
  order: 'topics',
  length: 2,
  ask: (store, sdkAppId, { groupId }, after) => {
    const topics =
      groupId === undefined ? everyTopic(store, sdkAppId, after) : ofGroup(store, sdkAppId, groupId, after);
    return placed(topics, ({ groupId, topicId }) => [groupId, topicId]);
  },
};

async function* everyTopic(
  store: Store,
  sdkAppId: number,
  after: Position | undefined,
): AsyncGenerator<Snapshot> {
  const [from, topicId] = after ?? [];
  const collect = ({ groupId }: { groupId: string }) =>
    Array.fromAsync(topicsOf(store, sdkAppId, groupId, { after: groupId === from ? topicId : undefined }));
  const communities = allCommunities(store, sdkAppId, { from });
  for await (const topics of readAhead(communities, collect, READ_AHEAD)) yield* topics;
}

async function* ofGroup(
  store: Store,
  sdkAppId: number,
  groupId: string,
  after: Position | undefined,
): AsyncGenerator<Snapshot> {
  const [from = groupId, topicId] = after ?? [];
  if (from !== groupId)
    throw new CursorError(`the cursor is of another community: of ${from}, not of ${groupId}`);
  yield* topicsOf(store, sdkAppId, groupId, { after: topicId });
}
