import type { Community } from '../../../shared/catalog/community.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import type { CommunityMessage } from '../../../shared/messages.ts';
import type { Attributes } from '../aws/expression.ts';
import { createBaselines } from './baselines.ts';
import { checkComplete } from './complete.ts';
import { checkCounts } from './counts.ts';
import { createGuardCheck } from './guard.ts';
import { checkChangeWrite, checkHistory } from './history.ts';
import { createMessageCheck } from './messages.ts';
import { checkRoster, checkRosterWrite } from './rosters.ts';
import {
  isDirty,
  isOpen,
  listedCount,
  plain,
  rosterOf,
  runs,
  type Scene,
  stamps,
  toStoredRoster,
} from './scene.ts';
import { checkTopicWrite } from './topicWrite.ts';

/** Looks at every write and every message while a simulation runs. */
export interface Watch {
  written(before: Attributes | undefined, after: Attributes): void;
  sent(body: string): void;
  /** Looks at all communities that no writer is at, after a night in which nothing went wrong. */
  settled(): void;
  /** Runs that ended so far, by status. */
  readonly closed: Readonly<Record<string, number>>;
}

/** @param onClosed told of each run that closes, and of how many communities its messages have named */
export function createWatch(scene: Scene, onClosed: (run: Run, queued: number) => void): Watch {
  const guard = createGuardCheck(scene);
  const baselines = createBaselines(scene);
  const messages = createMessageCheck(scene);
  const closed: Record<string, number> = {};
  const queued = new Map<string, Set<string>>();

  const runWritten = (before: Run | undefined, after: Run) => {
    const isOpening = after.status === 'RUNNING' && isOpenedByPerson(after);
    if (before && before.status !== 'RUNNING' && !isOpening)
      scene.violate(
        'run-closes',
        `${after.runId} was ${before.status} at ${before.closedAt} and is ${after.status} at ${after.closedAt}`,
      );
    if (after.status === 'RUNNING') return;
    closed[after.status] = (closed[after.status] ?? 0) + 1;
    if (after.status === 'COMPLETE' && !isOpenedByPerson(after)) checkComplete(scene, after);
    if (after.status === 'HELD') guard.held(after);
    checkCounts(scene, after, baselines, messages);
    if (scene.isQuiet()) for (const groupId of toldCommunities(scene)) messages.settled(groupId);
    onClosed(after, queued.get(after.runId)?.size ?? 0);
  };

  return {
    written: (before, after) => {
      const type = after['itemType']?.S ?? (before?.['itemType']?.S as string);
      if (!type || type === 'listed' || type === 'app') return;
      // Runs and stamps are written all the time; only what becomes of them matters here.
      const isSame = ['status', 'closedAt'].every((name) => before?.[name]?.S === after[name]?.S);
      if (isSame && (type === 'run' || type === 'community')) return;
      const [old, now] = [before && plain(before), plain(after)];
      if (type === 'run') runWritten(old as Run | undefined, now as unknown as Run);
      if (type === 'change') {
        checkChangeWrite(scene, old, now);
        baselines.entryWritten(now);
      }
      if (type === 'roster') {
        const roster = toStoredRoster(now);
        checkRosterWrite(scene, old && toStoredRoster(old), roster);
        messages.rosterWritten(roster);
      }
      if (type === 'activity') messages.entryWritten(now);
      if (type === 'topic') {
        baselines.topicWritten(old, now);
        checkTopicWrite(scene, old, now);
        if (now['status'] === 'deleted' && old?.['status'] !== 'deleted') guard.topicDeleted(now);
      }
      if (type === 'community' && now['status'] === 'deleted')
        guard.communityDeleted(now as unknown as Community);
    },
    sent: (body) => {
      const message = JSON.parse(body) as CommunityMessage;
      const { runId, groupId } = message;
      queued.set(runId, (queued.get(runId) ?? new Set()).add(groupId));
      if (message.reason === 'unlisted') checkUnlisted(scene, message);
    },
    settled: () => {
      for (const { groupId } of stamps(scene).filter((stamp) => !isDirty(stamp))) {
        checkHistory(scene, baselines, groupId);
        checkRoster(scene, groupId);
        messages.settled(groupId);
      }
    },
    closed,
  };
}

/** Communities that no writer is at, and whose rosters are stamped: the entries beside them are written. */
function toldCommunities(scene: Scene): string[] {
  const told = stamps(scene).filter((stamp) => {
    const roster = rosterOf(scene, stamp.groupId);
    return !isDirty(stamp) && !(roster && isOpen(stamp, roster));
  });
  return told.map(({ groupId }) => groupId);
}

/** A closed run is opened again by a person only; what it was found to be then is of an earlier moment. */
function isOpenedByPerson({ approvedAt, trustedAt, reopenedAt }: Run): boolean {
  return (approvedAt ?? trustedAt ?? reopenedAt) !== undefined;
}

/** What the list did not name is asked for only after a list that was followed to its end and adds up. */
function checkUnlisted(scene: Scene, message: CommunityMessage): void {
  const problem = unlistedProblem(scene, message);
  const { runId, groupId } = message;
  if (problem) scene.violate('unlisted-only-after-complete-list', `${groupId} in ${runId}: ${problem}`);
}

function unlistedProblem(scene: Scene, { runId }: CommunityMessage): string | undefined {
  const run = runs(scene).find((one) => one.runId === runId);
  if (!run?.enumeratedAt) return 'the list was not read to its end';
  if (run.enumerationProblem) return run.enumerationProblem;
  const listed = listedCount(scene, runId);
  return listed < Number(run.totalCountMin) ? `${listed} were listed of ${run.totalCountMin}` : undefined;
}
