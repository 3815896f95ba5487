import { putActivity } from '../../shared/catalog/activity.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { type ActivityEntry, entryOf } from '../../shared/sync/roster.ts';
import { communityRun, snapshot } from '../builders.ts';

/** The names that docs/queries.md calls things by. */
export const DOCUMENTED = {
  app: 1_400_000_000,
  group: '@TGS#_@TGS#cEXAMPLE',
  topic: '@TGS#_@TGS#cEXAMPLE@TOPIC#_news',
} as const;

/** One of everything, at the times that the statements of docs/queries.md name. */
export async function seedDocumented(store: Store): Promise<void> {
  const catalog = catalogOf(store, DOCUMENTED.app);
  const runId = '2026-11-22T02:00:00.000Z';
  const observedAt = '2026-11-22T02:00:05.123Z';
  const profile = {
    createTime: Date.parse('2026-10-20T12:00:00Z') / 1000,
    muteAllMember: true,
  };
  await catalog.putSnapshot(snapshot({ topicId: DOCUMENTED.topic, profile }));
  const gone = { status: 'deleted', deletedAt: observedAt, deletedCode: 110003 } as const;
  await catalog.putSnapshot(snapshot({ topicId: `${DOCUMENTED.topic}2`, profile, ...gone }));
  const change = {
    observedAt,
    runId,
    groupId: DOCUMENTED.group,
    topicId: DOCUMENTED.topic,
    kind: 'updated',
  } as const;
  await catalog.putChanges([{ ...change, before: { topicName: 'Old' }, after: { topicName: 'News' } }]);
  const row = {
    ...profile,
    muteAllMember: true,
    nextMsgSeq: 5,
    lastMsgTime: profile.createTime,
    newMessages: 3,
  } as const;
  const rows = new Map([[DOCUMENTED.topic, row]]);
  const roster = { groupId: DOCUMENTED.group, observedAt, runId, rows };
  await catalog.putRoster(roster, undefined);
  await putActivity(store, DOCUMENTED.app, [{ entry: entryOf(roster) as ActivityEntry }], 400);
  const block = communityRun({ id: runId, askedAt: runId });
  const lease = { writer: 'w', until: observedAt };
  await catalog.beginWriting(DOCUMENTED.group, { ...lease, now: runId, askedAt: runId });
  await catalog.stampWritten(DOCUMENTED.group, lease, { topicCount: 1, missingCount: 0 }, block);
  const failed = communityRun({ id: runId, askedAt: observedAt, outcome: 'failed' });
  await catalog.stampFailed(
    DOCUMENTED.group,
    { code: 10002, message: 'it fails' },
    failed,
    { status: 'active' },
    runId,
  );
  await catalog.openRun({ runId, startedAt: runId, limit: 100 });
  const outcome = {
    status: 'COMPLETE',
    closedAt: observedAt,
    reasons: [],
    failures: [],
    shrunkBy: 0,
  } as const;
  await catalog.writeOutcome(runId, { ...outcome, summary: {} as never });
}
