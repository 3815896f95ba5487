import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareCommunity } from '../../../cli/verify/compareCommunity.ts';
import type { Community } from '../../../shared/catalog/community.ts';
import type { TopicFields } from '../../../shared/chat/index.ts';
import type { Snapshot, TopicStatus } from '../../../shared/sync/snapshot.ts';
import { countersWith, splitTopic } from '../../../shared/sync/split.ts';
import { topicLists } from '../../arbitraries.ts';

const OBSERVED = '2026-11-22T02:00:00.500Z';
const ASKED_AT = Date.parse(OBSERVED) + 60_000;

const stamp: Community = {
  groupId: 'g',
  status: 'active',
  topicCount: 1,
  missingCount: 0,
  lastSyncedAt: OBSERVED,
};

function snapshot(topic: TopicFields, status: TopicStatus = 'active'): Snapshot {
  const { topicId, profile, activity } = splitTopic(topic, countersWith([]));
  const times = { firstSeenAt: OBSERVED, lastChangedAt: OBSERVED, observedAt: OBSERVED };
  const lastChange = { runId: OBSERVED, kind: 'created', runKind: 'created' } as const;
  return { groupId: 'g', topicId, profile, activity, status, ...times, lastChange };
}

const answer = (
  topics: readonly TopicFields[],
  failures: { topicId: string; code: number; info: string }[] = [],
) => ({ status: 'active', requestedAt: ASKED_AT, topics, failures, unattributed: [] }) as const;

const compare = (mirrored: readonly Snapshot[], ...asked: Parameters<typeof answer>) =>
  compareCommunity('g', { stamp, topics: mirrored }, answer(...asked));

const SEEN = { groupId: 'g', observedAt: OBSERVED, ageSeconds: 60 };

describe('a community that is compared', () => {
  it('has no difference when every field is the same, those that nobody knows included', () => {
    fc.assert(
      fc.property(topicLists, (topics) => {
        expect(
          compare(
            topics.map((topic) => snapshot(topic)),
            topics,
          ),
        ).toEqual([]);
      }),
    );
  });

  it('has a difference for each topic that one side lacks, and for no other', () => {
    fc.assert(
      fc.property(topicLists, topicLists, (mirrored, shown) => {
        const [ours, theirs] = [mirrored, shown].map(
          (topics) => new Set(topics.map(({ topicId }) => topicId)),
        );
        const found = compare(
          mirrored.map((topic) => snapshot(topic)),
          shown,
        );
        const of = (kind: string) => found.filter((one) => one.kind === kind).map(({ topicId }) => topicId);
        expect(of('topic-not-in-catalog').sort()).toEqual(
          [...(theirs ?? [])].filter((id) => !ours?.has(id)).sort(),
        );
        expect(of('topic-not-in-app').sort()).toEqual(
          [...(ours ?? [])].filter((id) => !theirs?.has(id)).sort(),
        );
      }),
    );
  });

  it('has a difference for each field that is not the same, absent or empty', () => {
    const [before, after] = [
      {
        topicId: 't',
        topicName: 'a',
        introduction: '',
        muteAllMember: false,
        extra: { Colour: 'red', Rank: 1 },
      },
      { topicId: 't', topicName: 'b', muteAllMember: false, extra: { Colour: 'blue', Rank: 1 } },
    ];
    const differs = { ...SEEN, topicId: 't', kind: 'field-differs' };
    expect(compare([snapshot(before)], [after])).toEqual([
      { ...differs, field: 'topicName', catalog: 'a', api: 'b' },
      { ...differs, field: 'introduction', catalog: '' },
      { ...differs, field: 'extra.Colour', catalog: 'red', api: 'blue' },
    ]);
  });

  it('tells what the API’s own times prove to be newer than the catalog’s answer', () => {
    const at = Math.floor(Date.parse(OBSERVED) / 1000);
    const old = { topicId: 't', lastMsgTime: at, nextMsgSeq: 5, topicName: 'a', extra: { LastMsgSeq: 4 } };
    const extra = { LastMsgSeq: 5 };
    const moved = compare(
      [snapshot(old)],
      [{ ...old, lastMsgTime: at + 1, nextMsgSeq: 6, topicName: 'b', extra }],
    );
    expect(moved.map(({ field, newer }) => [field, newer]).sort()).toEqual([
      ['extra.LastMsgSeq', true],
      ['lastMsgTime', true],
      ['nextMsgSeq', true],
      ['topicName', undefined],
    ]);
    const created = [at, at + 1].map((createTime) => compare([], [{ topicId: 'new', createTime }])[0]?.newer);
    expect(created).toEqual([undefined, true]);
  });

  it('takes neither missing topics nor tombstones for there, and says so when they are', () => {
    const gone = [snapshot({ topicId: 'm' }, 'missing'), snapshot({ topicId: 'd' }, 'deleted')];
    expect(compare(gone, [])).toEqual([]);
    expect(compare(gone, [{ topicId: 'm' }, { topicId: 'd' }])).toEqual([
      { ...SEEN, topicId: 'm', kind: 'field-differs', field: 'status', catalog: 'missing', api: 'active' },
      { ...SEEN, topicId: 'd', kind: 'field-differs', field: 'status', catalog: 'deleted', api: 'active' },
    ]);
  });

  it('says of an absent topic what the API says when it is asked for it by id', () => {
    const asked = { ...answer([]), absent: new Map([['t', '110003']]) };
    expect(compareCommunity('g', { stamp, topics: [snapshot({ topicId: 't' })] }, asked)).toEqual([
      { ...SEEN, topicId: 't', kind: 'topic-not-in-app', field: 'status', catalog: 'active', api: '110003' },
    ]);
  });

  it('names a topic that cannot be read, instead of calling it absent', () => {
    const found = compare([snapshot({ topicId: 't' })], [], [{ topicId: 't', code: 10007, info: '' }]);
    expect(found).toEqual([{ ...SEEN, topicId: 't', kind: 'topic-unreadable', api: 10007 }]);
  });

  it.each([
    ['active', 'gone'],
    ['active', 'unsupported'],
    ['unsupported', 'gone'],
    ['deleted', 'unsupported'],
  ] as const)('%s in the catalog is not %s in the app', (catalog, api) => {
    const found = compareCommunity(
      'g',
      { stamp: { ...stamp, status: catalog }, topics: [] },
      {
        status: api,
        requestedAt: ASKED_AT,
      },
    );
    expect(found).toEqual([{ ...SEEN, kind: 'community-differs', field: 'status', catalog, api }]);
  });

  it.each([
    ['unsupported', 'unsupported'],
    ['deleted', 'gone'],
  ] as const)('%s in the catalog is what the API calls %s', (catalog, api) => {
    const mirrored = {
      stamp: { ...stamp, status: catalog },
      topics: [snapshot({ topicId: 't' }, 'deleted')],
    };
    expect(compareCommunity('g', mirrored, { status: api, requestedAt: ASKED_AT })).toEqual([]);
  });
});
