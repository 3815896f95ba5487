import { catalogOf } from '../../shared/catalog/index.ts';
import type { Store } from '../../shared/catalog/store.ts';
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
  const details = {
    createTime: Date.parse('2026-10-20T12:00:00Z') / 1000,
    nextMsgSeq: 5,
    muteAllMember: true,
  };
  await catalog.putSnapshot(snapshot({ topicId: DOCUMENTED.topic, details }));
  const gone = { status: 'deleted', deletedAt: observedAt, deletedCode: 110003 } as const;
  await catalog.putSnapshot(snapshot({ topicId: `${DOCUMENTED.topic}2`, details, ...gone }));
  const change = {
    observedAt,
    runId,
    groupId: DOCUMENTED.group,
    topicId: DOCUMENTED.topic,
    kind: 'updated',
  } as const;
  await catalog.putChanges([{ ...change, before: { nextMsgSeq: 2 }, after: { nextMsgSeq: 5 } }]);
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
