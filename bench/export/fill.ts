import { putActivity } from '../../shared/catalog/activity.ts';
import { putChanges } from '../../shared/catalog/changes.ts';
import { communityKey } from '../../shared/catalog/keys.ts';
import { rosterItem } from '../../shared/catalog/rosters.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { openRun, writeOutcome } from '../../shared/catalog/runProgress.ts';
import type { Item, Store } from '../../shared/catalog/store.ts';
import { snapshotItem } from '../../shared/catalog/topics.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import type { TopicFields } from '../../shared/chat/types.ts';
import { DEFAULT_ACTIVITY_DAYS } from '../../shared/config.ts';
import { planCommunity } from '../../shared/sync/plan.ts';
import { entryOf, nextRoster, type Roster } from '../../shared/sync/roster.ts';
import { changeOf, hasEntry, type Snapshot } from '../../shared/sync/snapshot.ts';
import { countersWith, splitTopic } from '../../shared/sync/split.ts';

/** Two nights: in the first all topics are seen for the first time, in the second some have messages, and some new names. */
const FIRST_RUN = '2026-11-21T01:00:00.000Z';
const SECOND_RUN = '2026-11-22T01:00:00.000Z';

export const FILLED_RUNS = [FIRST_RUN, SECOND_RUN];

/** Every second topic has messages, and every fourth a new name. */
const TALKED_EVERY = 2;
const EDITED_EVERY = 4;

/** Communities that are written at once. */
const AT_ONCE = 50;

/** What a catalog holds, beside its runs. */
export interface FilledCatalog {
  readonly communities: number;
  readonly topics: number;
  readonly activity: number;
  readonly changes: number;
}

/** What so many communities, with so many topics in each, come to. */
export function catalogOfSize(communities: number, topicsPerCommunity: number): FilledCatalog {
  const every = (nth: number) => communities * Math.ceil(topicsPerCommunity / nth);
  return {
    communities,
    topics: every(1),
    activity: every(TALKED_EVERY),
    changes: every(EDITED_EVERY),
  };
}

/** A catalog as its second night leaves it. */
export async function fillCatalog(
  store: Store,
  sdkAppId: number,
  communities: number,
  topicsPerCommunity: number,
): Promise<void> {
  for (const runId of FILLED_RUNS) await openRun(store, sdkAppId, { runId, startedAt: runId, limit: 10_000 });
  for (let from = 0; from < communities; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, communities - from);
    const all = Array.from({ length }, (_, nth) => communityOf(groupOf(from + nth), topicsPerCommunity));
    const topics = all.flatMap((community) => community.topics);
    await putItems(store, [
      ...all.map(({ groupId }) => stampOf(sdkAppId, groupId, topicsPerCommunity)),
      ...all.map(({ roster }) => rosterItem(sdkAppId, roster)),
      ...topics.map((topic) => snapshotItem(sdkAppId, topic)),
    ]);
    await putChanges(store, sdkAppId, topics.filter(hasEntry).map(changeOf));
    const entries = all.flatMap(({ roster }) => entryOf(roster) ?? []);
    await putActivity(
      store,
      sdkAppId,
      entries.map((entry) => ({ entry })),
      DEFAULT_ACTIVITY_DAYS,
    );
  }
  const size = catalogOfSize(communities, topicsPerCommunity);
  for (const runId of FILLED_RUNS) {
    const outcome = {
      status: 'COMPLETE',
      closedAt: afterMs(runId, 600_000),
      reasons: [],
      failures: [],
    } as const;
    await writeOutcome(store, sdkAppId, runId, { ...outcome, summary: summaryOf(runId, size) });
  }
}

interface FilledCommunity {
  readonly groupId: string;
  readonly topics: readonly Snapshot[];
  readonly roster: Roster;
}

/** What two nights leave of a community. */
function communityOf(groupId: string, count: number): FilledCommunity {
  const fields = Array.from({ length: count }, (_, nth) => topicIn(groupId, nth));
  const seen = (runId: string, shown: readonly TopicFields[]) => ({
    ...{ groupId, runId, observedAt: observedIn(runId), failures: [] },
    topics: shown.map((topic) => splitTopic(topic, COUNTERS)),
  });
  const first = { ...seen(FIRST_RUN, fields), isBaseline: true };
  const second = seen(SECOND_RUN, fields.map(aDayLater));
  const baseline = planCommunity([], first).topics;
  const edited = new Map(planCommunity(baseline, second).topics.map((topic) => [topic.topicId, topic]));
  return {
    groupId,
    topics: baseline.map((topic) => edited.get(topic.topicId) ?? topic),
    roster: nextRoster(nextRoster(undefined, first), second) as Roster,
  };
}

const COUNTERS = countersWith([]);

function aDayLater(topic: TopicFields, nth: number): TopicFields {
  return {
    ...topic,
    ...(nth % TALKED_EVERY === 0 && {
      lastMsgTime: Date.parse(SECOND_RUN) / 1000 - 60 * nth,
      nextMsgSeq: (topic.nextMsgSeq ?? 1) + 1 + nth,
    }),
    ...(nth % EDITED_EVERY === 0 && { topicName: `${topic.topicName} (new)` }),
  };
}

function observedIn(runId: string): string {
  return afterMs(runId, 10_000);
}

function afterMs(runId: string, ms: number): string {
  return new Date(Date.parse(runId) + ms).toISOString();
}

function groupOf(nth: number): string {
  return `@TGS#_@TGS#c${nth.toString(36).toUpperCase().padStart(9, '0')}`;
}

/** As long as people write them: some 400 bytes of text each, no two the same. */
function topicIn(groupId: string, nth: number): TopicFields {
  const topicId = `${groupId}@TOPIC#_@TOPIC#c${nth}`;
  return {
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
}

function stampOf(sdkAppId: number, groupId: string, topicCount: number): Item {
  const askedAt = observedIn(SECOND_RUN);
  const run = { id: SECOND_RUN, outcome: 'synced', askedAt };
  const state = { status: 'active', topicCount, missingCount: 0, lastSyncedAt: askedAt };
  return { ...communityKey(sdkAppId, groupId), itemType: 'community', groupId, ...state, run };
}

function summaryOf(
  runId: string,
  { communities: listed, topics: active, changes, activity }: FilledCatalog,
): RunSummary {
  const isFirst = runId === FIRST_RUN;
  const communities = {
    listed,
    synced: listed,
    unchanged: 0,
    failed: 0,
    unsupported: 0,
    ignored: 0,
    deleted: 0,
  };
  const updated = isFirst ? 0 : changes;
  const unchanged = isFirst ? 0 : active - changes;
  const none = { created: 0, deleted: 0, restored: 0, missing: 0, held: 0 };
  return {
    ...{ runId, status: 'COMPLETE' as const, elapsedMs: 0, communities },
    topics: { active, baseline: isFirst ? active : 0, updated, unchanged, ...none },
    messages: { topics: isFirst ? 0 : activity, new: isFirst ? 0 : activity },
    api: { calls: listed, listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 0 },
    dynamodb: { writeUnits: 0, readUnits: 0 },
  };
}
