import { activityOf, type Details, detailsOfItem, profileOf, rowOf, same } from '../source/details.ts';
import { type Plain, rosterOf, type Scene, type StoredRoster, topicItems } from './scene.ts';

/** Checks each write of a roster as it happens: it moves forwards only, and what it newly says was true. */
export function checkRosterWrite(scene: Scene, before: StoredRoster | undefined, after: StoredRoster): void {
  const { groupId, observedAt, rows } = after;
  const isSame = same({ ...before }, { ...after });
  if (before && observedAt <= before.observedAt && !isSame)
    scene.violate(
      'no-backward-step',
      `the roster of ${groupId} goes from ${before.observedAt} to ${observedAt}`,
    );
  checkTombstones(scene, before, after);
  for (const [topicId, row] of rows) {
    const activity = activityOf(row);
    const earlier = before?.rows.get(topicId);
    // What it has of a profile is the topic's, which is looked at by itself.
    if ((earlier && same(activityOf(earlier), activity)) || isUnseen(earlier, row)) continue;
    if (!earlier && isKept(scene, groupId, topicId, activity)) continue;
    const isTrue = (details: Details) => same(activityOf(details), activity);
    if (!scene.truth.was({ groupId, topicId }, isTrue, Date.parse(observedAt), scene.now()))
      scene.violate('rosters-match', `the roster of ${observedAt} has ${topicId} as it was not since then`);
  }
}

/** A tombstone has no row, but for one that the same run has counted messages in. */
function checkTombstones(scene: Scene, before: StoredRoster | undefined, after: StoredRoster): void {
  const kept = before?.runId === after.runId ? before.rows : new Map();
  const statuses = new Map(
    topicItems(scene, after.groupId).map(({ topicId, status }) => [String(topicId), status]),
  );
  for (const topicId of after.rows.keys())
    if (statuses.get(topicId) === 'deleted' && !kept.has(topicId))
      scene.violate('rosters-match', `the roster of ${after.groupId} has the tombstone ${topicId}`);
}

/** Whether the topic was absent before an answer with its activity had been stored: of that nothing is known. */
function isUnseen(earlier: Details | undefined, row: Details): boolean {
  return earlier === undefined && same(activityOf(row), {});
}

/** Whether the topic had come back, and went again before a roster had it: what it had as a tombstone is all that is known. */
function isKept(scene: Scene, groupId: string, topicId: string, activity: Details): boolean {
  const item = topicItems(scene, groupId).find((topic) => topic['topicId'] === topicId);
  return item?.['status'] === 'missing' && same(activityOf(detailsOfItem(item)), activity);
}

/**
 * Whether the roster of a community that no writer is at has its topics as their profiles are. A tombstone may have its row
 * until an answer of a later run moves the roster.
 */
export function checkRoster(scene: Scene, groupId: string): void {
  const problem = rosterProblem(topicItems(scene, groupId), rosterOf(scene, groupId)?.rows ?? new Map());
  if (problem) scene.violate('rosters-match', `the roster of ${groupId} ${problem}`);
}

function rosterProblem(topics: readonly Plain[], rows: ReadonlyMap<string, Details>): string | undefined {
  const living = topics.filter(({ status }) => status !== 'deleted');
  const ids = new Set(topics.map(({ topicId }) => String(topicId)));
  const unknown = [...rows.keys()].find((topicId) => !ids.has(topicId));
  if (unknown !== undefined) return `has ${unknown}, which is no topic`;
  for (const topic of living) {
    const row = rows.get(String(topic['topicId']));
    if (!row) return `lacks ${String(topic['topicId'])}`;
    if (!same(profileOf(row), rowOf(profileOf(detailsOfItem(topic)))))
      return `differs from the profile of ${String(topic['topicId'])}`;
  }
  return undefined;
}
