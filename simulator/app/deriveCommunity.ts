/**
 * Communities as they are before anything changes them: a function of seed and number, never stored.
 * That keeps the memory of a simulated app flat, however many topics it has.
 */
import { topicIdFor } from '../ids.ts';
import { Draw, scramble } from '../random.ts';
import { type AppShape, initialTopicCount, styleOf, supportsTopics } from './layout.ts';
import { makeTopic } from './makeTopic.ts';
import type { Community, TopicRecord } from './types.ts';

export function deriveCommunity(shape: AppShape, groupId: string, community: number): Community {
  const draw = new Draw(shape.seed, 0x22, community);
  const supported = supportsTopics(shape, community);
  const count = initialTopicCount(shape, community, draw);
  const derived: Community = {
    ...emptyCommunity(groupId, shape.seed, community),
    supportsTopics: supported,
    style: styleOf(shape, community),
  };
  if (supported) addTopics(derived, count, draw);
  return derived;
}

/** A community without topics or peculiarities. */
export function emptyCommunity(groupId: string, seed: number, community: number): Community {
  return {
    groupId,
    supportsTopics: true,
    style: { integerMuteFlag: false, unknownFields: false, gaps: false },
    topics: new Map(),
    deletedTopicIds: new Set(),
    nextOrdinal: 0,
    idKey: scramble(community, seed ^ 0x33),
  };
}

/** Made-up topics with fresh ids. */
export function addTopics(community: Community, count: number, draw: Draw): TopicRecord[] {
  return Array.from({ length: count }, () => addTopic(community, draw));
}

function addTopic(community: Community, draw: Draw): TopicRecord {
  const ordinal = takeOrdinal(community, topicIdFor);
  const record = makeTopic(community, topicIdFor(community.groupId, ordinal, community.idKey), ordinal, draw);
  community.topics.set(record.info.TopicId, record);
  return record;
}

/** The next number whose id was never used, not even by a topic that was imported under it or is deleted. */
export function takeOrdinal(
  community: Community,
  idFor: (groupId: string, ordinal: number, key: number) => string,
): number {
  for (;;) {
    const ordinal = community.nextOrdinal++;
    const id = idFor(community.groupId, ordinal, community.idKey);
    if (!community.topics.has(id) && !community.deletedTopicIds.has(id)) return ordinal;
  }
}
