import type { Community } from '../../../shared/catalog/community.ts';
import { byIds } from '../../../shared/catalog/topicOrder.ts';
import { type Census, type CommunityFacts, type DeletedFacts, isFailing, type TopicFacts } from './data.ts';
import { type FirstOf, keepFirst } from './keepFirst.ts';

/** Communities that are named as the largest, and as the quietest. */
const RANKED = 10;

/** Counts communities with their topics as they come, in memory for as many rows as a page holds. */
export interface CensusTaker {
  /** @param topics those of the community that are no tombstones */
  add(community: Community, topics: readonly TopicFacts[]): void;
  addDeleted(topic: DeletedFacts): void;
  take(): Census;
}

/** @param rows most rows that are kept of each table */
export function createCensus(rows: number): CensusTaker {
  const communities = keepFirst(rows, byTopics);
  const failing = keepFirst(rows, byFailingSince);
  const [largest, quietest] = [keepFirst(RANKED, byTopics), keepFirst(RANKED, byLastMessage)];
  const [topics, deleted] = [keepFirst(rows, byMessages), keepFirst(rows, byDeletion)];
  const counts = {
    communities: { active: 0, unsupported: 0, deleted: 0 },
    topics: { active: 0, missing: 0, deleted: 0 },
    messages: 0,
  };
  return {
    add: (community, found) => {
      const facts = factsOf(community, found);
      counts.communities[community.status] += 1;
      counts.messages += facts.messages;
      communities.add(facts);
      if (isFailing(community)) failing.add(facts);
      if (community.status === 'active' && community.topicCount > 0)
        for (const ranking of [largest, quietest]) ranking.add(facts);
      for (const topic of found) {
        counts.topics[topic.status] += 1;
        topics.add(topic);
      }
    },
    addDeleted: (topic) => {
      counts.topics.deleted += 1;
      deleted.add(topic);
    },
    take: () => ({
      communities: kept(communities),
      largest: largest.take(),
      quietest: quietest.take(),
      failing: kept(failing),
      topics: kept(topics),
      deleted: kept(deleted),
      counts,
    }),
  };
}

function kept<T>(first: FirstOf<T>) {
  return { kept: first.take(), all: first.seen };
}

function factsOf(community: Community, topics: readonly TopicFacts[]): CommunityFacts {
  const active = topics.filter(({ status }) => status === 'active');
  const lastMessageAt = active.reduce((last, { lastMsgTime = 0 }) => Math.max(last, lastMsgTime), 0);
  return {
    community,
    messages: active.reduce((sum, topic) => sum + (messagesIn(topic) ?? 0), 0),
    ...(lastMessageAt > 0 && { lastMessageAt }),
  };
}

/** Messages ever sent in a topic: its next one has the number `nextMsgSeq`. Undefined when the API did not send it. */
export function messagesIn({ nextMsgSeq }: TopicFacts): number | undefined {
  return nextMsgSeq === undefined ? undefined : Math.max(0, nextMsgSeq - 1);
}

function byTopics(a: CommunityFacts, b: CommunityFacts): number {
  return b.community.topicCount - a.community.topicCount || byIds(a.community, b.community);
}

function byLastMessage(a: CommunityFacts, b: CommunityFacts): number {
  return (a.lastMessageAt ?? 0) - (b.lastMessageAt ?? 0) || byIds(a.community, b.community);
}

function byFailingSince(a: CommunityFacts, b: CommunityFacts): number {
  const since = compare(a.community.failingSince ?? '', b.community.failingSince ?? '');
  return since || byIds(a.community, b.community);
}

function byMessages(a: TopicFacts, b: TopicFacts): number {
  return (messagesIn(b) ?? -1) - (messagesIn(a) ?? -1) || byIds(a, b);
}

function byDeletion(a: DeletedFacts, b: DeletedFacts): number {
  return compare(b.deletedAt ?? '', a.deletedAt ?? '') || byIds(a, b);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
