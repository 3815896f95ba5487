import { describe, expect, it } from '@jest/globals';
import { createCensus } from '../../../cli/report/catalog/census.ts';
import type { DeletedFacts, TopicFacts } from '../../../cli/report/catalog/data.ts';
import type { Community } from '../../../shared/catalog/community.ts';
import { at, community, communityRun, GROUP } from '../../builders.ts';

const topic = (topicId: string, more: Partial<TopicFacts> = {}): TopicFacts => ({
  groupId: GROUP,
  topicId,
  status: 'active',
  ...more,
});

const tombstone = (topicId: string, deletedAt: string): DeletedFacts => ({
  ...topic(topicId, { status: 'deleted', nextMsgSeq: 100, lastMsgTime: 999 }),
  firstSeenAt: at(-86_400),
  deletedAt,
});

const group = (groupId: string, more: Partial<Community> = {}) => community({ groupId, ...more });

const ids = (facts: readonly { readonly community: Community }[]) =>
  facts.map((one) => one.community.groupId);

describe('the census', () => {
  it('adds up active topics alone: tombstones and missing topics are counted beside them', () => {
    const census = createCensus(10);
    census.add(group('a'), [
      topic('1', { nextMsgSeq: 8, lastMsgTime: 50 }),
      topic('2', { nextMsgSeq: 3, lastMsgTime: 70 }),
      topic('3'),
      topic('5', { nextMsgSeq: 100, lastMsgTime: 999, status: 'missing' }),
    ]);
    census.addDeleted(tombstone('4', at(0)));
    const { communities, counts, topics, deleted } = census.take();
    expect(communities.kept).toMatchObject([{ messages: 9, lastMessageAt: 70 }]);
    expect(counts).toMatchObject({ topics: { active: 3, missing: 1, deleted: 1 }, messages: 9 });
    expect(topics.kept.map(({ topicId }) => topicId)).toEqual(['5', '1', '2', '3']);
    expect(deleted.kept.map(({ topicId }) => topicId)).toEqual(['4']);
  });

  it('ranks communities that have topics, the silent ones first among the quietest', () => {
    const census = createCensus(10);
    census.add(group('busy', { topicCount: 2 }), [topic('1', { lastMsgTime: 90 })]);
    census.add(group('silent', { topicCount: 1 }), [topic('2', { lastMsgTime: 0 })]);
    census.add(group('old', { topicCount: 3 }), [topic('3', { lastMsgTime: 10 })]);
    census.add(group('empty', { topicCount: 0 }), []);
    census.add(group('gone', { topicCount: 9, status: 'deleted' }), []);
    const { largest, quietest } = census.take();
    expect(ids(largest)).toEqual(['old', 'busy', 'silent']);
    expect(ids(quietest)).toEqual(['silent', 'old', 'busy']);
  });

  it('names what could not be read, and not what has no topics to be read', () => {
    const census = createCensus(10);
    const unsupported = communityRun({ outcome: 'unsupported' });
    census.add(group('fails', { lastError: '10007', run: communityRun({ outcome: 'failed' }) }), []);
    census.add(group('dead letter', { lastError: 'the store was throttled' }), []);
    census.add(group('plain', { status: 'unsupported', lastError: '11000', run: unsupported }), []);
    census.add(group('fine'), []);
    expect(ids(census.take().failing.kept).sort()).toEqual(['dead letter', 'fails']);
  });

  it('keeps no more rows than are wanted, and says how many there are', () => {
    const census = createCensus(2);
    for (const messages of [5, 9, 1, 7]) {
      const topics = [topic(`t${messages}`, { nextMsgSeq: messages })];
      census.add(group(`g${messages}`, { topicCount: messages }), topics);
      census.addDeleted(tombstone(`d${messages}`, at(messages)));
    }
    const { topics, communities, deleted } = census.take();
    expect(topics.kept.map(({ topicId }) => topicId)).toEqual(['t9', 't7']);
    expect(deleted.kept.map(({ topicId }) => topicId)).toEqual(['d9', 'd7']);
    expect({ topics: topics.all, communities: communities.all, deleted: deleted.all }).toEqual({
      ...{ topics: 4, communities: 4, deleted: 4 },
    });
  });
});
