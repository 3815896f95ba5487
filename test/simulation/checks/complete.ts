import type { Run } from '../../../shared/catalog/run.ts';
import { activityOf, type Details, detailsOfItem, joined, profileOf, same } from '../source/details.ts';
import type { Version } from '../source/truth.ts';
import { checkRoster } from './rosters.ts';
import { isDirty, rosterOf, type Scene, stamps, topicItems } from './scene.ts';

/** Nothing is lost: at the moment a run is found COMPLETE, the catalog holds what the app was during the run. */
export function checkComplete(scene: Scene, { runId, startedAt }: Run): void {
  const [from, until] = [Date.parse(startedAt), scene.now()];
  const dirty = new Set(
    stamps(scene)
      .filter(isDirty)
      .map(({ groupId }) => groupId),
  );
  const known = new Set(stamps(scene).map(({ groupId }) => groupId));
  for (const groupId of known) if (!dirty.has(groupId)) checkRoster(scene, groupId);
  for (const groupId of scene.truth.groupIds) {
    const versions = scene.truth.during(groupId, from, until);
    const lost = (what: string) => scene.violate('nothing-lost', `${runId} is COMPLETE: ${groupId} ${what}`);
    if (scene.lied(groupId, from, until)) continue;
    const existed = versions.every(({ topics }) => topics !== undefined);
    if (existed && !known.has(groupId)) lost('has no stamp');
    if (versions.some(({ supported, topics }) => topics && !supported)) continue;
    const stored = activeTopics(scene, groupId);
    // A topic that is back has the activity of before until its writer, who may have died, has written the roster.
    const past = () => scene.truth.during(groupId, Number.NEGATIVE_INFINITY, until);
    const problem = dirty.has(groupId)
      ? mixedProblem(stored, versions, past())
      : wholeProblem(stored, versions);
    if (problem) lost(problem);
  }
}

/** The active topics of a community, joined with what its roster says of them. */
export function activeTopics(scene: Scene, groupId: string): Map<string, Details> {
  const rows = rosterOf(scene, groupId)?.rows;
  const active = topicItems(scene, groupId).filter(({ status }) => status === 'active');
  return new Map(
    active.map((item) => {
      const topicId = String(item['topicId']);
      const [own, row] = [detailsOfItem(item), rows?.get(topicId)];
      // A topic that is back may still have in its item what it had as a tombstone.
      return [topicId, row ? joined(profileOf(own), activityOf(row)) : own];
    }),
  );
}

/** All topics are those of one instant; where the app changed meanwhile, each may be of another. */
function wholeProblem(
  stored: ReadonlyMap<string, Details>,
  versions: readonly Version[],
): string | undefined {
  const problems = versions.map((version) => versionProblem(stored, version));
  if (problems.includes(undefined)) return undefined;
  // An answer in parts, or confirmed by ids, is of several instants.
  return versions.length === 1 ? problems[0] : mixedProblem(stored, versions);
}

export function versionProblem(
  stored: ReadonlyMap<string, Details>,
  { topics }: Version,
): string | undefined {
  const there = topics ?? new Map<string, Details>();
  for (const [topicId, details] of there) {
    const found = stored.get(topicId);
    if (!found) return `lacks ${topicId}`;
    if (!same(found, details)) return `differs in ${topicId}`;
  }
  const extra = [...stored.keys()].find((topicId) => !there.has(topicId));
  return extra === undefined ? undefined : `has ${extra}, which is not in the app`;
}

/**
 * Each topic for itself is as it was at some instant; its halves may be of two, as a writer leaves them.
 * @param talked of which versions the activity may be
 */
function mixedProblem(
  stored: ReadonlyMap<string, Details>,
  versions: readonly Version[],
  talked = versions,
): string | undefined {
  const topicIds = new Set([
    ...stored.keys(),
    ...versions.flatMap(({ topics }) => [...(topics?.keys() ?? [])]),
  ]);
  for (const topicId of topicIds) {
    const found = stored.get(topicId);
    const truths = versions.map(({ topics }) => topics?.get(topicId));
    if (!found && !truths.includes(undefined)) return `lacks ${topicId}`;
    const activities = talked.map(({ topics }) => topics?.get(topicId));
    if (found && !isMixed(found, truths, activities)) return `holds ${topicId} as it never was`;
  }
  return undefined;
}

type Truths = readonly (Details | undefined)[];

function isMixed(found: Details, profiles: Truths, activities: Truths): boolean {
  const isAmong = (truths: Truths, half: (details: Details) => Details) =>
    truths.some((details) => details !== undefined && same(half(details), half(found)));
  // A topic that is new has no row until its roster is written.
  return isAmong(profiles, profileOf) && (isAmong(activities, activityOf) || same(activityOf(found), {}));
}
