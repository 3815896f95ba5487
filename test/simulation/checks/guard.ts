import type { Community } from '../../../shared/catalog/community.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import { type Plain, runs, type Scene, stamps, topicItems } from './scene.ts';
import { PROOF_MS } from './topicWrite.ts';

/** The guard's documented limits: so many always pass, beyond that both of the others must hold. */
const TOPICS = { always: 50, most: 500 };
const COMMUNITIES = { always: 5, most: 50 };
const RATIO = 0.15;

/** Counts what each run deletes, and compares it with what the guard allows. */
export function createGuardCheck(scene: Scene) {
  const topics = new Map<string, number>();
  const communities = new Map<string, number>();

  const judge = (runId: string, what: string) => {
    const run = runs(scene).find((one) => one.runId === runId);
    if (isAllowed(run)) return;
    if (!run?.verdict)
      return scene.violate('guard-respected', `${what} is deleted by ${runId}, which was not judged`);
    if (run.verdict.reasons.length > 0)
      scene.violate('guard-respected', `${what} is deleted by ${runId}, which is held`);
    if (run.status === 'HELD') scene.violate('guard-respected', `${what} is deleted after ${runId} was held`);
  };

  return {
    topicDeleted: (after: Plain) => {
      const { groupId, topicId, lastChange } = after as {
        groupId: string;
        topicId: string;
        lastChange: { runId: string };
      };
      const { runId } = lastChange;
      judge(runId, topicId);
      const stamp = stamps(scene).find((one) => one.groupId === groupId);
      if (stamp?.deletions?.goneAt !== undefined) return;
      const count = (topics.get(runId) ?? 0) + 1;
      topics.set(runId, count);
      const active = () =>
        stamps(scene)
          .flatMap((one) => topicItems(scene, one.groupId))
          .filter(isActive).length;
      if (exceeds(scene, runId, count, TOPICS, active))
        scene.violate('guard-respected', `${runId} deletes ${count} topics`);
    },
    communityDeleted: (stamp: Community) => {
      const { groupId, deletions, deletedAt } = stamp;
      const runId = deletions?.runId ?? '';
      judge(runId, groupId);
      const at = Date.parse(deletedAt ?? '');
      const versions = scene.truth.during(groupId, at, at + PROOF_MS);
      if (
        !versions.some(({ topics: there }) => there === undefined) &&
        !scene.deniedExistence(groupId, at, at + PROOF_MS)
      )
        scene.violate('no-false-tombstone', `the community ${groupId} was there at ${deletedAt}`);
      const count = (communities.get(runId) ?? 0) + 1;
      communities.set(runId, count);
      const living = () => stamps(scene).filter(({ status }) => status !== 'deleted').length;
      if (exceeds(scene, runId, count, COMMUNITIES, living))
        scene.violate('guard-respected', `${runId} deletes ${count} communities`);
    },
    /** A held run has deleted nothing. */
    held: ({ runId }: Run) => {
      if ((topics.get(runId) ?? 0) + (communities.get(runId) ?? 0) > 0)
        scene.violate('guard-respected', `${runId} is held and has deleted`);
    },
  };
}

function exceeds(
  scene: Scene,
  runId: string,
  count: number,
  { always, most }: { always: number; most: number },
  left: () => number,
): boolean {
  if (count <= always) return false;
  if (isAllowed(runs(scene).find((run) => run.runId === runId))) return false;
  return count > most || count / (count + left()) > RATIO;
}

/** A person has approved what the run holds, or said that its short list is true. */
function isAllowed(run: Run | undefined): boolean {
  return (run?.approvedAt ?? run?.trustedAt) !== undefined;
}

function isActive({ status }: Plain): boolean {
  return status === 'active';
}
