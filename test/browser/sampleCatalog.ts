import pLimit from 'p-limit';
import { putChanges } from '../../shared/catalog/changes.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { communityKey } from '../../shared/catalog/keys.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { openRun, writeOutcome } from '../../shared/catalog/runProgress.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { putSnapshot } from '../../shared/catalog/topics.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import type { Change, Snapshot } from '../../shared/sync/snapshot.ts';
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
  await putItems(
    store,
    communitiesOf(sample, topics).map((one) => ({
      ...communityKey(sdkAppId, one.groupId),
      itemType: 'community',
      ...one,
    })),
  );
  await putChanges(
    store,
    sdkAppId,
    nights.flatMap(({ changes }) => changes),
  );
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
      const seen = random() < 0.8 ? 0 : Math.floor(random() * days);
      const isDeleted = seen < days - 1 && random() < 0.02;
      const firstSeenAt = day(sample, seen).replace(':00.000Z', ':05.123Z');
      const deletedAt = day(sample, seen + 1 + Math.floor(random() * (days - 1 - seen)));
      const topicName = HOSTILE[topics.length] ?? `${NAMES[Math.floor(random() * NAMES.length)]} ${nth}`;
      const created = Math.floor(Date.parse(firstSeenAt) / 1000) - Math.floor(random() * 8e7);
      const messages = Math.floor(3 / (random() + 0.0005));
      const details = {
        topicName,
        introduction: '',
        createTime: created,
        lastMsgTime: messages > 0 ? created + Math.floor(random() * 7e6) : 0,
        nextMsgSeq: messages + 1,
        muteAllMember: random() < 0.05,
      };
      topics.push({
        groupId: groupOf(community),
        topicId: `${groupOf(community)}@TOPIC#_@TOPIC#c${(topics.length * 104_729).toString(36)}`,
        details,
        status: isDeleted ? 'deleted' : random() < 0.003 ? 'missing' : 'active',
        firstSeenAt,
        lastChangedAt: isDeleted ? deletedAt : firstSeenAt,
        observedAt: isDeleted ? deletedAt : firstSeenAt,
        ...(isDeleted && { deletedAt, deletedCode: random() < 0.8 ? 110003 : 10010 }),
        lastChange: {
          runId: day(sample, seen),
          kind: isDeleted ? 'deleted' : 'created',
          runKind: isDeleted ? 'deleted' : 'created',
          ...(isDeleted ? { before: details } : { after: details }),
        },
      });
    }
  }
  return topics;
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
  readonly changes: readonly Change[];
  readonly summary: RunSummary;
  readonly reasons: readonly string[];
}

/** What each night found: topics created and deleted as the snapshots say, and messages on the way. */
function nightsOf(sample: Sample, topics: readonly Snapshot[], random: Random): Night[] {
  return Array.from({ length: sample.days }, (_, nth): Night => {
    const runId = day(sample, nth);
    const observedAt = runId.replace(':00.000Z', ':05.123Z');
    const created = topics.filter((topic) => topic.firstSeenAt.slice(0, 10) === runId.slice(0, 10));
    const deleted = topics.filter(({ deletedAt }) => deletedAt === runId);
    const alive = topics.filter(
      ({ firstSeenAt, deletedAt = '9' }) => firstSeenAt <= observedAt && deletedAt > runId,
    );
    const updated = nth === 0 ? [] : alive.filter((topic) => topic.firstSeenAt < runId && random() < 0.06);
    const change = (kind: Change['kind'], { groupId, topicId }: Snapshot, more: object): Change => ({
      ...{ observedAt, runId, kind, groupId, topicId },
      ...more,
    });
    const isShort = nth === 8 || (nth === sample.days - 1 && sample.status === 'INCOMPLETE');
    const status =
      nth === sample.days - 1 ? (sample.status ?? 'COMPLETE') : isShort ? 'INCOMPLETE' : 'COMPLETE';
    return {
      changes: [
        ...created.map((topic) => change('created', topic, { after: topic.details })),
        ...updated.map((topic) => {
          const after = topic.details.nextMsgSeq ?? 1;
          const before = Math.max(1, after - Math.ceil(random() * 40));
          return change('updated', topic, { before: { nextMsgSeq: before }, after: { nextMsgSeq: after } });
        }),
        ...deleted.map((topic) => change('deleted', topic, { observedAt: runId, before: topic.details })),
      ],
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
            deleted: 0,
          },
        },
        topics: {
          active: alive.length,
          created: created.length,
          updated: updated.length,
          unchanged: alive.length - updated.length,
          deleted: deleted.length,
          ...{ restored: nth === 12 ? 3 : 0, missing: 0, held: 0 },
        },
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
