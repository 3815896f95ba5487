import { detailsOfItem, same } from '../source/details.ts';
import type { Plain, Scene } from './scene.ts';

/** The longest time between sending a request by whose answer a deletion is confirmed and its taking effect. */
export const PROOF_MS = 65_000;

/** Checks each write of a snapshot as it happens. */
export function checkTopicWrite(scene: Scene, before: Plain | undefined, after: Plain): void {
  const { topicId, observedAt, status } = after as { topicId: string; observedAt: string; status: string };
  const earlier = before?.['observedAt'] as string | undefined;
  if (earlier !== undefined && observedAt < earlier)
    scene.violate('no-backward-step', `${topicId} goes back from ${earlier} to ${observedAt}`);
  if (status === 'active') checkContent(scene, before, after);
  if (status === 'deleted' && before?.['status'] !== 'deleted') checkTombstone(scene, before, after);
}

/** What is shown as active was true at some instant after it was asked for. */
function checkContent(scene: Scene, before: Plain | undefined, after: Plain): void {
  const { groupId, topicId, observedAt } = after as { groupId: string; topicId: string; observedAt: string };
  const details = detailsOfItem(after);
  if (before?.['observedAt'] === observedAt && same(detailsOfItem(before), details)) return;
  if (scene.truth.was(groupId, topicId, details, Date.parse(observedAt), scene.now())) return;
  scene.violate('no-backward-step', `${topicId}, observed at ${observedAt}, is as it was not since then`);
}

function checkTombstone(scene: Scene, before: Plain | undefined, after: Plain): void {
  const { groupId, topicId, deletedAt, deletedCode } = after as Record<string, string | undefined>;
  const at = Date.parse(deletedAt ?? '');
  const until = Math.min(scene.now(), at + PROOF_MS);
  if (![110003, 10010].includes(Number(deletedCode)) || Number.isNaN(at))
    scene.violate('no-false-tombstone', `${topicId} is deleted without proof`);
  else if (
    !scene.truth.wasGone(String(groupId), String(topicId), at, until) &&
    !scene.deniedExistence(String(groupId), at, until)
  )
    scene.violate('no-false-tombstone', `${topicId} was there at ${deletedAt}`);
  if (!same(before && detailsOfItem(before), detailsOfItem(after)))
    scene.violate('no-false-tombstone', `${topicId} loses its last snapshot`);
}
