import type { Change } from '../../../shared/sync/snapshot.ts';
import { type Details, detailsOfItem, same } from '../source/details.ts';
import { changeItems, type Plain, type Scene, topicItems } from './scene.ts';

/** Each history entry enters the table's stream once: it is written once, or again as it was. */
export function checkChangeWrite(scene: Scene, before: Plain | undefined, after: Plain): void {
  if (before === undefined || same(before, after)) return;
  scene.violate('stream-complete', `the entry ${String(after['sk'])} is written a second time and differs`);
}

/** Folds each topic's history: it is legal, in order, and ends in the snapshot that is stored. */
export function checkHistory(scene: Scene, groupId: string): void {
  const entries = Map.groupBy(changeItems(scene, groupId), ({ topicId }) => String(topicId));
  for (const snapshot of topicItems(scene, groupId)) {
    const topicId = String(snapshot['topicId']);
    const problem = historyProblem((entries.get(topicId) ?? []) as unknown as Change[], snapshot);
    if (problem) scene.violate('change-log-matches', `${topicId}: ${problem}`);
    entries.delete(topicId);
  }
  for (const topicId of entries.keys()) scene.violate('change-log-matches', `${topicId} has a history only`);
}

function historyProblem(entries: readonly Change[], snapshot: Plain): string | undefined {
  let details: Details | undefined;
  let kind: string | undefined;
  for (const entry of entries) {
    const problem = stepProblem(kind, entry, details);
    if (problem) return `${problem}, at ${entry.observedAt}`;
    details = after(entry, details ?? {});
    kind = entry.kind;
  }
  const last = entries.at(-1);
  if (!last) return 'it has no history';
  if (last.observedAt !== snapshot['lastChangedAt'])
    return `the entry of ${String(snapshot['lastChangedAt'])} is missing`;
  if ((kind === 'deleted') !== (snapshot['status'] === 'deleted'))
    return `it is ${String(snapshot['status'])} after ${kind}`;
  return same(details, detailsOfItem(snapshot)) ? undefined : 'its history ends in something else';
}

function stepProblem(
  previous: string | undefined,
  { kind, before }: Change,
  details: Details = {},
): string | undefined {
  if ((kind === 'created') !== (previous === undefined)) return `${kind} follows ${previous}`;
  if ((kind === 'restored') !== (previous === 'deleted')) return `${kind} follows ${previous}`;
  const claimed = detailsOfItem((before ?? {}) as Plain);
  const held = Object.fromEntries(Object.keys(claimed).map((name) => [name, details[name]]));
  return same(claimed, held) ? undefined : `${kind} starts from what was not there`;
}

function after({ kind, before = {}, after: now = {} }: Change, details: Details): Details {
  if (kind === 'deleted') return details;
  const left = Object.entries(details).filter(([name]) => !(name in before));
  return { ...Object.fromEntries(left), ...detailsOfItem(now as Plain) };
}
