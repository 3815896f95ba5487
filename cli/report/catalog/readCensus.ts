import pLimit from 'p-limit';
import { topicsWanting } from '../../../shared/catalog/attention.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import { allRosters } from '../../../shared/catalog/rosters.ts';
import { profilesOf, readProfiles } from '../../../shared/catalog/topics.ts';
import { readAhead } from '../../../shared/readAhead.ts';
import { withActivityOf } from '../../../shared/sync/roster.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import type { Mirror } from '../../mirror.ts';
import { createCensus } from './census.ts';
import type { Census, TopicFacts } from './data.ts';
import { activeFacts, snapshotFacts, tombstoneFacts } from './facts.ts';
import { type WithRoster, withRosters } from './withRosters.ts';

/** How much of a census is kept, and who is to know how far it is. */
export interface CensusWanted {
  /** Most rows of each table. */
  readonly rows: number;
  /** Told after each community. */
  onCommunity(): void;
}

/** Communities whose topics are read at once. */
const READ_AHEAD = 8;

/** Names that are read by one request, and requests that are under way at once. */
const NAMES = 100;
const REQUESTS = 4;

/**
 * Counts the whole app by its stamps, its rosters and the index of tombstones: a thousand communities a request. Of the
 * topics themselves it reads those that a table shows, for their names, and those of a community whose roster does not
 * tell how they are.
 */
export async function readCensus(mirror: Mirror, { rows, onCommunity }: CensusWanted): Promise<Census> {
  const { store, sdkAppId } = mirror;
  const census = createCensus(rows);
  const communities = withRosters(allCommunities(store, sdkAppId), allRosters(store, sdkAppId));
  const withTopics = async (read: WithRoster) => ({
    community: read.community,
    topics: await topicsOf(mirror, read),
  });
  for await (const { community, topics } of readAhead(communities, withTopics, READ_AHEAD)) {
    census.add(community, topics);
    onCommunity();
  }
  for await (const topic of topicsWanting(store, sdkAppId, 'topic-deleted'))
    census.addDeleted(tombstoneFacts(topic));
  const { topics, ...taken } = census.take();
  return { ...taken, topics: { ...topics, kept: await withNames(mirror, topics.kept) } };
}

/**
 * The topics of a community that are no tombstones. A roster has missing topics among the active ones, and until the next
 * answer those that have just become tombstones, too: it is believed where it has as many as there are active ones.
 */
async function topicsOf(
  { store, sdkAppId }: Mirror,
  { community: { groupId, topicCount, missingCount }, roster }: WithRoster,
): Promise<TopicFacts[]> {
  if (topicCount + missingCount === 0) return [];
  if (roster && missingCount === 0 && roster.rows.size === topicCount) return activeFacts(roster);
  const topics = await Array.fromAsync(profilesOf(store, sdkAppId, groupId));
  return topics
    .filter(({ status }) => status !== 'deleted')
    .map((topic) => snapshotFacts(withActivityOf(roster, topic)));
}

async function withNames({ store, sdkAppId }: Mirror, topics: readonly TopicFacts[]): Promise<TopicFacts[]> {
  const limit = pLimit(REQUESTS);
  const named = async (some: readonly TopicFacts[]) => {
    const profiles = await readProfiles(store, sdkAppId, some);
    return some.map((topic, nth) => ({ ...topic, ...nameOf(profiles[nth]) }));
  };
  const batches = Array.from({ length: Math.ceil(topics.length / NAMES) }, (_, nth) =>
    topics.slice(nth * NAMES, (nth + 1) * NAMES),
  );
  return (await Promise.all(batches.map((batch) => limit(named, batch)))).flat();
}

function nameOf(snapshot: Snapshot | undefined): Pick<TopicFacts, 'topicName'> {
  const topicName = snapshot?.profile.topicName;
  return topicName === undefined ? {} : { topicName };
}
