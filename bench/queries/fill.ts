import pLimit from 'p-limit';
import { putActivity } from '../../shared/catalog/activity.ts';
import { dayOf } from '../../shared/catalog/changes.ts';
import type { CommunityRun } from '../../shared/catalog/community.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import { endOf, startOf } from '../../shared/catalog/queries/days.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { snapshotItem } from '../../shared/catalog/topics.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import { entryOf } from '../../shared/sync/roster.ts';
import { FIRST_RUN, type MirroredCommunity, SECOND_RUN, sampleCommunities } from './sample.ts';

/** What the catalog was filled with. */
export interface Filled {
  readonly communities: number;
  readonly topics: number;
  readonly changes: number;
  /** A community with many topics, and one of them that has changed. */
  readonly example: { readonly groupId: string; readonly topicId: string };
}

export const SDK_APP_ID = 1_400_000_000;

/** The day of the second night, from its first instant to its last; all that the first one saw was there before. */
export const SECOND_DAY = { from: startOf(dayOf(SECOND_RUN)), to: endOf(dayOf(SECOND_RUN)) };

/** Communities that are written at once. */
const AT_ONCE = 8;

/** Of the communities: those that fail since the second night. */
const FAILING_EVERY = 100;

/** Writes a catalog of two nights straight into a store, through what the functions write with. */
export async function fill(store: Store, communities: number, topicsPerCommunity: number): Promise<Filled> {
  const limit = pLimit(AT_ONCE);
  const filled = { communities: 0, topics: 0, changes: 0, example: { groupId: '', topicId: '' } };
  const summed: Promise<void>[] = [];
  for (const community of sampleCommunities(communities, topicsPerCommunity)) {
    const { groupId, topics, changes } = community;
    filled.communities += 1;
    filled.topics += topics.length;
    filled.changes += changes.length;
    const changed = changes.find(({ kind }) => kind === 'updated');
    if (topics.length === topicsPerCommunity && changed)
      filled.example = { groupId, topicId: changed.topicId };
    const nth = filled.communities;
    summed.push(limit(() => put(store, community, nth)));
    if (summed.length % 500 === 0) await Promise.all(summed);
  }
  await Promise.all(summed);
  for (const runId of [FIRST_RUN, SECOND_RUN]) await putRun(store, runId, filled);
  return filled;
}

async function put(
  store: Store,
  { groupId, supportsTopics, topics, changes, roster }: MirroredCommunity,
  nth: number,
) {
  const catalog = catalogOf(store, SDK_APP_ID);
  await putItems(
    store,
    topics.map((topic) => snapshotItem(SDK_APP_ID, topic)),
  );
  await catalog.putChanges(changes);
  if (roster) await catalog.putRoster(roster, undefined);
  const entry = roster && entryOf(roster);
  if (entry) await putActivity(store, SDK_APP_ID, [{ entry }], 400);
  const askedAt = SECOND_RUN;
  const lease = { writer: 'bench', until: '2026-11-22T02:10:00.000Z' };
  if (supportsTopics) {
    const active = topics.filter(({ status }) => status === 'active').length;
    const written = { topicCount: active, missingCount: 0, digest: 'x'.repeat(43) };
    await catalog.beginWriting(groupId, { ...lease, now: askedAt, askedAt, isThere: true });
    await catalog.stampWritten(groupId, lease, written, blockOf('synced', askedAt));
  }
  const code = supportsTopics ? 10002 : 11000;
  if (supportsTopics && nth % FAILING_EVERY > 0) return;
  const state = { status: supportsTopics ? 'active' : 'unsupported' } as const;
  const failed = blockOf('failed', '2026-11-22T02:00:01.000Z');
  const seenAt = supportsTopics ? askedAt : undefined;
  await catalog.stampFailed(groupId, { code, message: `get_topic says ${code}` }, failed, state, seenAt);
}

function blockOf(outcome: CommunityRun['outcome'], askedAt: string): CommunityRun {
  const counts = { baseline: 0, created: 0, updated: 1, restored: 0, messageTopics: 9, newMessages: 40 };
  const calls = { calls: 1, retries: 0, rateLimited: 0 };
  return { id: SECOND_RUN, outcome, askedAt, ...counts, ...calls, writeUnits: 9, readUnits: 4.5 };
}

async function putRun(store: Store, runId: string, { communities, topics }: Filled): Promise<void> {
  const catalog = catalogOf(store, SDK_APP_ID);
  const closedAt = new Date(Date.parse(runId) + 60_000).toISOString();
  await catalog.openRun({ runId, startedAt: runId, limit: 10_000 });
  const none = { created: 0, updated: 0, unchanged: 0, deleted: 0, restored: 0, missing: 0, held: 0 };
  const summary: RunSummary = {
    ...{ runId, status: 'COMPLETE', elapsedMs: 60_000 },
    communities: {
      listed: communities,
      synced: communities,
      unchanged: 0,
      failed: 0,
      unsupported: 0,
      ignored: 0,
      deleted: 0,
    },
    topics: { active: topics, baseline: runId === FIRST_RUN ? topics : 0, ...none },
    messages: { topics: 0, new: 0 },
    api: { calls: communities, listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 195 },
    dynamodb: { writeUnits: 0, readUnits: 0 },
  };
  await catalog.writeOutcome(runId, {
    status: 'COMPLETE',
    closedAt,
    reasons: [],
    failures: [],
    summary,
    shrunkBy: 0,
  });
}
