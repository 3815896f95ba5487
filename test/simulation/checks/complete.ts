import type { Run } from '../../../shared/catalog/run.ts';
import { type Details, detailsOfItem, same } from '../source/details.ts';
import type { Version } from '../source/truth.ts';
import { isDirty, type Scene, stamps, topicItems } from './scene.ts';

/** Nothing is lost: at the moment a run is found COMPLETE, the catalog holds what the app was during the run. */
export function checkComplete(scene: Scene, { runId, startedAt }: Run): void {
  const [from, until] = [Date.parse(startedAt), scene.now()];
  const dirty = new Set(
    stamps(scene)
      .filter(isDirty)
      .map(({ groupId }) => groupId),
  );
  const known = new Set(stamps(scene).map(({ groupId }) => groupId));
  for (const groupId of scene.truth.groupIds) {
    const versions = scene.truth.during(groupId, from, until);
    const lost = (what: string) => scene.violate('nothing-lost', `${runId} is COMPLETE: ${groupId} ${what}`);
    if (scene.lied(groupId, from, until)) continue;
    const existed = versions.every(({ topics }) => topics !== undefined);
    if (existed && !known.has(groupId)) lost('has no stamp');
    if (versions.some(({ supported, topics }) => topics && !supported)) continue;
    const stored = activeTopics(scene, groupId);
    const problem = dirty.has(groupId) ? mixedProblem(stored, versions) : wholeProblem(stored, versions);
    if (problem) lost(problem);
  }
}

export function activeTopics(scene: Scene, groupId: string): Map<string, Details> {
  const active = topicItems(scene, groupId).filter(({ status }) => status === 'active');
  return new Map(active.map((item) => [String(item['topicId']), detailsOfItem(item)]));
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

/** Each topic for itself is as it was at some instant. */
function mixedProblem(
  stored: ReadonlyMap<string, Details>,
  versions: readonly Version[],
): string | undefined {
  const topicIds = new Set([
    ...stored.keys(),
    ...versions.flatMap(({ topics }) => [...(topics?.keys() ?? [])]),
  ]);
  for (const topicId of topicIds) {
    const found = stored.get(topicId);
    if (!versions.some(({ topics }) => same(topics?.get(topicId), found)))
      return found ? `holds ${topicId} as it never was` : `lacks ${topicId}`;
  }
  return undefined;
}
