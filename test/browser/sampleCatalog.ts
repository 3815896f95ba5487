import pLimit from 'p-limit';
import { putActivity } from '../../shared/catalog/activity.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { communityKey } from '../../shared/catalog/keys.ts';
import { rosterItem } from '../../shared/catalog/rosters.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { openRun, writeOutcome } from '../../shared/catalog/runProgress.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { putSnapshot } from '../../shared/catalog/topics.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import { type ActivityEntry, nextRoster } from '../../shared/sync/roster.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { joinDetails } from '../../shared/sync/split.ts';
import { seededRandom } from '../support/seededRandom.ts';

/** What a sample catalog is like. */
export interface Sample {
  readonly communities: number;
  readonly topicsPerCommunity: number;
  readonly days: number;
  /** The last day of the sample; a run each night at two. */
  readonly lastDay: string;
  /** How the last run ended. */
  readonly status?: RunSummary['status'];
}

const NAMES = [
  'General',
  'Announcements',
  'Off-topic & memes',
  'Q&A "beginners"',
  'Trading floor',
  'Общий чат',
  'חדשות הקהילה',
  'أخبار اليوم',
  'été 2025',
  'Größe\\Straße',
];

/** Names that somebody could give to a topic to do harm to whoever reads of it. */
export const HOSTILE = [
  '</script><script>window.harmed = 1</script>',
  '<img src=x onerror="window.harmed = 1">',
  '<!--<script>',
  '\u202egnp.exe\u2066',
  '"><svg/onload=window.harmed=1>',
  "' onmouseover='window.harmed=1",
  '{{constructor.constructor("window.harmed=1")()}}',
  'javascript:window.harmed=1',
  '\u0000\u001b[2J\u2028new line',
  `long ${'🏳️‍🌈'.repeat(60)}`,
];

/** Writes a catalog of many nights, the same every time. */
export async function writeSample(store: Store, sdkAppId: number, sample: Sample): Promise<void> {
  const random = seededRandom(7);
  const topics = topicsOf(sample, random);
  const nights = nightsOf(sample, topics, random);
  const limit = pLimit(24);
  await Promise.all(topics.map((topic) => limit(() => putSnapshot(store, sdkAppId, topic, undefined))));
  const communities = communitiesOf(sample, topics);
  const stamps = communities.map((one) => ({
    ...communityKey(sdkAppId, one.groupId),
    itemType: 'community',
    ...one,
  }));
  await putItems(store, [...stamps, ...rostersOf(sdkAppId, sample, topics)]);
  const entries = nights.flatMap(({ activity }) => activity.map((entry) => ({ entry })));
  await putActivity(store, sdkAppId, entries, 400);
  for (const { summary, reasons } of nights) {
    const { runId, status } = summary;
    const startedAt = runId.replace('00:00.000', '00:00.400');
    await openRun(store, sdkAppId, { runId, startedAt, limit: 100 });
    const closedAt = new Date(Date.parse(runId) + summary.elapsedMs).toISOString();
    await writeOutcome(store, sdkAppId, runId, { status, closedAt, reasons, failures: [], summary });
  }
}

type Random = () => number;

function day({ lastDay, days }: Sample, nth: number): string {
  return new Date(Date.parse(`${lastDay}T02:00:00.000Z`) - (days - 1 - nth) * 86_400_000).toISOString();
}

function groupOf(nth: number): string {
  return `@TGS#_@TGS#c${(nth * 7919 + 100_000).toString(36).toUpperCase()}EXAMPLE`;
}

function topicsOf(sample: Sample, random: Random): Snapshot[] {
  const { communities, topicsPerCommunity, days } = sample;
  const topics: Snapshot[] = [];
  for (let community = 0; community < communities; community++) {
    const many = community === 0 ? topicsPerCommunity * 5 : Math.ceil(random() * 2 * topicsPerCommunity);
    for (let nth = 0; nth < many; nth++) {
      const isGoneLast = community === 1 && nth === 0;
      const seen = random() < 0.8 || isGoneLast ? 0 : Math.floor(random() * days);
      const isDeleted = seen < days - 1 && (random() < 0.02 || isGoneLast);
      const firstSeenAt = day(sample, seen).replace(':00.000Z', ':05.123Z');
      const deleted = seen + 1 + Math.floor(random() * (days - 1 - seen));
      const deletedAt = day(sample, isGoneLast ? days - 1 : deleted);
      const topicName = HOSTILE[topics.length] ?? `${NAMES[Math.floor(random() * NAMES.length)]} ${nth}`;
      const created = Math.floor(Date.parse(firstSeenAt) / 1000) - Math.floor(random() * 8e7);
      const messages = Math.floor(3 / (random() + 0.0005));
      const lastMsgTime = messages > 0 ? created + Math.floor(random() * 7e6) : 0;
      const activity = { lastMsgTime, nextMsgSeq: messages + 1 };
      const profile = { topicName, introduction: '', createTime: created, muteAllMember: random() < 0.05 };
      topics.push({
        groupId: groupOf(community),
        topicId: `${groupOf(community)}@TOPIC#_@TOPIC#c${(topics.length * 104_729).toString(36)}`,
        profile,
        activity,
        status: isDeleted ? 'deleted' : random() < 0.02 ? 'missing' : 'active',
        firstSeenAt,
        lastChangedAt: isDeleted ? deletedAt : firstSeenAt,
        observedAt: isDeleted ? deletedAt : firstSeenAt,
        ...(isDeleted && { deletedAt, deletedCode: random() < 0.8 ? 110003 : 10010 }),
        lastChange: {
          runId: day(sample, seen),
          kind: isDeleted ? 'deleted' : 'created',
          runKind: isDeleted ? 'deleted' : seen === 0 ? 'baseline' : 'created',
          ...(isDeleted ? { before: joinDetails(profile, activity) } : { after: profile }),
        },
      });
    }
  }
  return topics;
}

/** Where the activity of all topics stands that are no tombstones, or have been such only since the last night. */
function rostersOf(sdkAppId: number, sample: Sample, topics: readonly Snapshot[]) {
  const seen = topics.filter(({ deletedAt = '9' }) => deletedAt >= day(sample, sample.days - 1));
  return [...Map.groupBy(seen, ({ groupId }) => groupId)].flatMap(([groupId, own]) => {
    const [{ observedAt, lastChange }] = own as [Snapshot];
    const shown = own.map(({ activity = {}, ...topic }) => ({ ...topic, activity }));
    const answer = { groupId, runId: lastChange.runId, observedAt, topics: shown, isBaseline: true };
    const roster = nextRoster(undefined, answer);
    return roster ? [rosterItem(sdkAppId, roster)] : [];
  });
}

function communitiesOf(sample: Sample, topics: readonly Snapshot[]): Community[] {
  const byGroup = Map.groupBy(topics, ({ groupId }) => groupId);
  return Array.from({ length: sample.communities + 3 }, (_, nth): Community => {
    const groupId = groupOf(nth);
    const own = byGroup.get(groupId) ?? [];
    const run = {
      id: day(sample, sample.days - 1),
      outcome: 'synced',
      askedAt: day(sample, sample.days - 1),
    };
    const isFailing = sample.status === 'INCOMPLETE' && nth === 3;
    return {
      groupId,
      status: own.length === 0 ? 'unsupported' : 'active',
      topicCount: own.filter(({ status }) => status === 'active').length,
      missingCount: own.filter(({ status }) => status === 'missing').length,
      lastSyncedAt: run.askedAt,
      run: {
        ...run,
        outcome: isFailing ? 'failed' : own.length === 0 ? 'unsupported' : 'unchanged',
      } as never,
      ...(isFailing && {
        lastErrorCode: 10007,
        lastError: '10007: no permission',
        failingSince: run.askedAt,
      }),
    };
  });
}

interface Night {
  readonly activity: readonly ActivityEntry[];
  readonly summary: RunSummary;
  readonly reasons: readonly string[];
}

/** What each night found: topics created and deleted as the snapshots say, edits, and messages. */
function nightsOf(sample: Sample, topics: readonly Snapshot[], random: Random): Night[] {
  return Array.from({ length: sample.days }, (_, nth): Night => {
    const runId = day(sample, nth);
    const observedAt = runId.replace(':00.000Z', ':05.123Z');
    const created = topics.filter((topic) => topic.firstSeenAt.slice(0, 10) === runId.slice(0, 10));
    const deleted = topics.filter(({ deletedAt }) => deletedAt === runId);
    const alive = topics.filter(
      ({ firstSeenAt, deletedAt = '9' }) => firstSeenAt <= observedAt && deletedAt > runId,
    );
    const known = alive.filter((topic) => nth > 0 && topic.firstSeenAt < runId);
    const updated = known.filter(() => random() < 0.01);
    const activity = activityOf(
      known.filter(() => random() < 0.06),
      { runId, observedAt },
      random,
    );
    const said = activity.flatMap((entry) => entry.topics);
    const isShort = nth === 8 || (nth === sample.days - 1 && sample.status === 'INCOMPLETE');
    const status =
      nth === sample.days - 1 ? (sample.status ?? 'COMPLETE') : isShort ? 'INCOMPLETE' : 'COMPLETE';
    return {
      activity,
      reasons: status === 'COMPLETE' ? [] : ['1 community could not be synced'],
      summary: {
        runId,
        status,
        elapsedMs: 5200 + Math.floor(random() * 2500),
        communities: {
          listed: sample.communities - Math.floor((sample.days - nth) / 3) + 3,
          ...{
            synced: 40,
            unchanged: sample.communities - 40,
            failed: isShort ? 1 : 0,
            unsupported: 3,
            ignored: 0,
            deleted: 0,
          },
        },
        topics: {
          active: alive.length,
          baseline: nth === 0 ? created.length : 0,
          created: nth === 0 ? 0 : created.length,
          updated: updated.length,
          unchanged: alive.length - updated.length,
          deleted: deleted.length,
          ...{ restored: nth === 12 ? 3 : 0, missing: 0, held: 0 },
        },
        messages: { topics: said.length, new: said.reduce((sum, topic) => sum + topic.newMessages, 0) },
        api: {
          calls: sample.communities + 12,
          ...{ listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 170 + Math.floor(random() * 28) },
        },
        dynamodb: {
          writeUnits: sample.communities + (created.length + updated.length) * 3,
          readUnits: sample.communities / 2 + updated.length,
        },
      },
    };
  });
}

/** Messages of a night, community by community. */
function activityOf(
  topics: readonly Snapshot[],
  night: Pick<ActivityEntry, 'runId' | 'observedAt'>,
  random: Random,
): ActivityEntry[] {
  return [...Map.groupBy(topics, ({ groupId }) => groupId)].map(([groupId, own]) => ({
    groupId,
    ...night,
    topics: own.map(({ topicId, activity }) => ({
      topicId,
      newMessages: Math.ceil(random() * 40),
      nextMsgSeq: activity?.nextMsgSeq ?? 1,
    })),
  }));
}
