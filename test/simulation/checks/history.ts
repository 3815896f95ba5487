import type { Change } from '../../../shared/sync/snapshot.ts';
import { activityOf, type Details, detailsOfItem, profileOf, same } from '../source/details.ts';
import type { Baselines } from './baselines.ts';
import { changeItems, type Plain, type Scene, topicItems } from './scene.ts';

/** Each history entry enters the table's stream once: it is written once, or again as it was. */
export function checkChangeWrite(scene: Scene, before: Plain | undefined, after: Plain): void {
  if (before === undefined) checkIsEdit(scene, after);
  else if (!same(before, after))
    scene.violate('stream-complete', `the entry ${String(after['sk'])} is written a second time and differs`);
}

/** An entry tells of what people set: of a deletion alone it has the messages, too. */
function checkIsEdit(scene: Scene, entry: Plain): void {
  if (entry['kind'] === 'deleted') return;
  const sides = ['before', 'after'].map((name) => detailsOfItem((entry[name] ?? {}) as Plain));
  const violate = (what: string) => scene.violate('messages-are-no-edits', `${String(entry['sk'])} ${what}`);
  if (sides.some((side) => !same(activityOf(side), {}))) violate('tells of messages');
  if (entry['kind'] === 'updated' && same(sides[0], sides[1])) violate('tells of nothing');
}

/** Folds each topic's history: it is legal, in order, and ends in the snapshot that is stored. */
export function checkHistory(scene: Scene, baselines: Baselines, groupId: string): void {
  const entries = Map.groupBy(changeItems(scene, groupId), ({ topicId }) => String(topicId));
  for (const snapshot of topicItems(scene, groupId)) {
    const topicId = String(snapshot['topicId']);
    const own = (entries.get(topicId) ?? []) as unknown as Change[];
    const problem = historyProblem(own, snapshot, baselines.firstOf(groupId, topicId));
    if (problem) scene.violate('change-log-matches', `${topicId}: ${problem}`);
    entries.delete(topicId);
  }
  for (const topicId of entries.keys()) scene.violate('change-log-matches', `${topicId} has a history only`);
}

/** @param baseline as the topic was stored first, where that has no entry */
function historyProblem(
  entries: readonly Change[],
  snapshot: Plain,
  baseline: Plain | undefined,
): string | undefined {
  let profile = baseline && profileOf(detailsOfItem(baseline));
  let kind: string | undefined = baseline && 'created';
  for (const entry of entries) {
    const problem = stepProblem(kind, entry, profile);
    if (problem) return `${problem}, at ${entry.observedAt}`;
    profile = after(entry, profile ?? {});
    kind = entry.kind;
  }
  const last = entries.at(-1);
  if (kind === undefined) return 'it has no history';
  if ((last ?? baseline)?.['observedAt'] !== snapshot['lastChangedAt'])
    return `the entry of ${String(snapshot['lastChangedAt'])} is missing`;
  if ((kind === 'deleted') !== (snapshot['status'] === 'deleted'))
    return `it is ${String(snapshot['status'])} after ${kind}`;
  const now = detailsOfItem(snapshot);
  if (kind === 'deleted' && !same(detailsOfItem((last?.before ?? {}) as Plain), now))
    return 'its deletion does not tell of what the tombstone keeps';
  return same(profile, profileOf(now)) ? undefined : 'its history ends in something else';
}

function stepProblem(
  previous: string | undefined,
  { kind, before }: Change,
  profile: Details = {},
): string | undefined {
  if ((kind === 'created') !== (previous === undefined)) return `${kind} follows ${previous}`;
  if ((kind === 'restored') !== (previous === 'deleted')) return `${kind} follows ${previous}`;
  const claimed = profileOf(detailsOfItem((before ?? {}) as Plain));
  const held = Object.fromEntries(Object.keys(claimed).map((name) => [name, profile[name]]));
  return same(claimed, held) ? undefined : `${kind} starts from what was not there`;
}

function after({ kind, before = {}, after: now = {} }: Change, profile: Details): Details {
  if (kind === 'deleted') return profile;
  const left = Object.entries(profile).filter(([name]) => !(name in before));
  return { ...Object.fromEntries(left), ...detailsOfItem(now as Plain) };
}
