import { putChanges } from '../../shared/catalog/changes.ts';
import { communityKey } from '../../shared/catalog/keys.ts';
import { rosterItem } from '../../shared/catalog/rosters.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { openRun, writeOutcome } from '../../shared/catalog/runProgress.ts';
import type { Item, Store } from '../../shared/catalog/store.ts';
import { snapshotItem } from '../../shared/catalog/topics.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import { nextRoster } from '../../shared/sync/roster.ts';
import { changeOf, type Snapshot } from '../../shared/sync/snapshot.ts';
import { countersWith, splitTopic } from '../../shared/sync/split.ts';

const STARTED_AT = '2026-11-22T01:00:00.000Z';
const OBSERVED_AT = '2026-11-22T01:00:10.000Z';
const CLOSED_AT = '2026-11-22T01:10:00.000Z';

/** Communities that are written at once. */
const AT_ONCE = 50;

/** A catalog as its first night leaves it: so many communities, topics in each, and a change for each topic. */
export async function fillCatalog(
  store: Store,
  sdkAppId: number,
  communities: number,
  topicsPerCommunity: number,
): Promise<void> {
  await openRun(store, sdkAppId, { runId: STARTED_AT, startedAt: STARTED_AT, limit: 10_000 });
  for (let from = 0; from < communities; from += AT_ONCE) {
    const groups = Array.from({ length: Math.min(AT_ONCE, communities - from) }, (_, nth) =>
      groupOf(from + nth),
    );
    const topicsOf = groups.map((groupId) => topicsIn(groupId, topicsPerCommunity));
    const topics = topicsOf.flat();
    const rosters = groups.flatMap((groupId, nth) => rosterOf(sdkAppId, groupId, topicsOf[nth] ?? []));
    const items = topics.map((topic) => snapshotItem(sdkAppId, topic));
    const stamps = groups.map((groupId) => stampOf(sdkAppId, groupId, topicsPerCommunity));
    await putItems(store, [...stamps, ...rosters, ...items]);
    await putChanges(store, sdkAppId, topics.map(changeOf));
  }
  const outcome = { status: 'COMPLETE', closedAt: CLOSED_AT, reasons: [], failures: [] } as const;
  await writeOutcome(store, sdkAppId, STARTED_AT, {
    ...outcome,
    summary: summaryOf(communities, topicsPerCommunity),
  });
}

/** The roster of a community, as its first night leaves it. */
function rosterOf(sdkAppId: number, groupId: string, topics: readonly Snapshot[]): Item[] {
  const shown = topics.map(({ topicId, profile, activity = {} }) => ({ topicId, profile, activity }));
  const seen = { groupId, runId: STARTED_AT, observedAt: OBSERVED_AT, topics: shown, isBaseline: true };
  const roster = nextRoster(undefined, seen);
  return roster ? [rosterItem(sdkAppId, roster)] : [];
}

function groupOf(nth: number): string {
  return `@TGS#_@TGS#c${nth.toString(36).toUpperCase().padStart(9, '0')}`;
}

/** As long as people write them: some 400 bytes of text each, no two the same. */
function topicsIn(groupId: string, count: number): Snapshot[] {
  return Array.from({ length: count }, (_, nth) => {
    const topicId = `${groupId}@TOPIC#_@TOPIC#c${nth}`;
    const fields = {
      topicId,
      topicName: `Announcements ${nth} of ${groupId.slice(-4)}`,
      introduction: `Be kind. No spoilers, no "ads"; 欢迎来到本话题，请先阅读置顶公告。 ${topicId}`,
      notification: nth % 3 === 0 ? '' : `The next raid is on day ${nth}, 🎮🔥`,
      faceUrl: `https://cdn.example.com/topics/${Buffer.from(topicId).toString('hex').slice(-16)}.png`,
      customString: nth % 2 === 0 ? '' : `{"v":2,"color":"#${(nth * 7919).toString(16)}"}`,
      createTime: 1_690_000_000 + nth * 977,
      lastMsgTime: nth % 4 === 0 ? 0 : 1_760_000_000 + nth * 613,
      nextMsgSeq: 1 + nth * 37,
      muteAllMember: nth % 19 === 0,
    };
    const { profile, activity } = splitTopic(fields, countersWith([]));
    const lastChange = { runId: STARTED_AT, kind: 'created', runKind: 'created', after: profile } as const;
    const times = { firstSeenAt: OBSERVED_AT, lastChangedAt: OBSERVED_AT, observedAt: OBSERVED_AT };
    return { groupId, topicId, profile, activity, status: 'active', ...times, lastChange };
  });
}

function stampOf(sdkAppId: number, groupId: string, topicCount: number): Item {
  const run = { id: STARTED_AT, outcome: 'synced', askedAt: OBSERVED_AT };
  const state = { status: 'active', topicCount, missingCount: 0, lastSyncedAt: OBSERVED_AT };
  return { ...communityKey(sdkAppId, groupId), itemType: 'community', groupId, ...state, run };
}

function summaryOf(listed: number, topicsPerCommunity: number): RunSummary {
  const active = listed * topicsPerCommunity;
  const communities = { listed, synced: listed, unchanged: 0, failed: 0, unsupported: 0, deleted: 0 };
  const topics = {
    active,
    baseline: 0,
    created: active,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    restored: 0,
    missing: 0,
    held: 0,
  };
  return {
    ...{ runId: STARTED_AT, status: 'COMPLETE' as const, elapsedMs: 0, communities, topics },
    messages: { topics: 0, new: 0 },
    api: { calls: listed, listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 0 },
    dynamodb: { writeUnits: 0, readUnits: 0 },
  };
}
