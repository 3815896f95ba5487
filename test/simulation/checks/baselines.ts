import { type Plain, type Scene, stampOf } from './scene.ts';

/** Remembers which topics came with their community's first complete answer, and as what. */
export interface Baselines {
  topicWritten(before: Plain | undefined, after: Plain): void;
  /** No history entry tells of them. */
  entryWritten(after: Plain): void;
  /** As the topic was stored first; undefined of one that came later. */
  firstOf(groupId: string, topicId: string): Plain | undefined;
  /** The topics that came so in a run. */
  inRun(runId: string): Plain[];
}

export function createBaselines(scene: Scene): Baselines {
  const first = new Map<string, Plain>();
  const firstOf = (groupId: string, topicId: string) => first.get(`${groupId} ${topicId}`);
  return {
    firstOf,
    topicWritten: (before, after) => {
      if (before) return;
      const { groupId, topicId, observedAt, lastChange } = after as {
        groupId: string;
        topicId: string;
        observedAt: string;
        lastChange: { runKind: string };
      };
      const lastSyncedAt = stampOf(scene, groupId)?.lastSyncedAt;
      // A late writer of an answer before that may have begun before there was any.
      const isLate = lastSyncedAt !== undefined && observedAt < lastSyncedAt;
      const isBaseline = isLate ? lastChange.runKind === 'baseline' : lastSyncedAt === undefined;
      if (isBaseline) first.set(`${groupId} ${topicId}`, after);
      if (isBaseline === (lastChange.runKind === 'baseline')) return;
      const when = isBaseline ? 'before' : 'after';
      scene.violate('baseline-once', `${topicId} is ${lastChange.runKind} ${when} the first complete answer`);
    },
    entryWritten: ({ kind, groupId, topicId }) => {
      if (kind === 'created' && firstOf(String(groupId), String(topicId)))
        scene.violate('baseline-once', `${String(topicId)} has an entry of the first complete answer`);
    },
    inRun: (runId) =>
      [...first.values()].filter(({ lastChange }) => (lastChange as { runId: string }).runId === runId),
  };
}
