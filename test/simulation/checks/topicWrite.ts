import { activityOf, type Details, detailsOfItem, joined, profileOf, same } from '../source/details.ts';
import { type Plain, rosterOf, type Scene } from './scene.ts';

/** The longest time between sending a request by whose answer a deletion is confirmed and its taking effect. */
export const PROOF_MS = 65_000;

/** Checks each write of a snapshot as it happens. */
export function checkTopicWrite(scene: Scene, before: Plain | undefined, after: Plain): void {
  const { topicId, observedAt, status } = after as { topicId: string; observedAt: string; status: string };
  const earlier = before?.['observedAt'] as string | undefined;
  if (earlier !== undefined && observedAt < earlier)
    scene.violate('no-backward-step', `${topicId} goes back from ${earlier} to ${observedAt}`);
  if (status === 'active') checkContent(scene, before, after);
  if (status !== 'deleted') checkIsEdit(scene, before, after);
  if (status === 'deleted' && before?.['status'] !== 'deleted') checkTombstone(scene, before, after);
}

/** What is shown as active was true at some instant after it was asked for. */
function checkContent(scene: Scene, before: Plain | undefined, after: Plain): void {
  const { groupId, topicId, observedAt } = after as { groupId: string; topicId: string; observedAt: string };
  const profile = profileOf(detailsOfItem(after));
  if (before?.['observedAt'] === observedAt && same(profileOf(detailsOfItem(before)), profile)) return;
  const isTrue = (details: Details) => same(profileOf(details), profile);
  if (scene.truth.was({ groupId, topicId }, isTrue, Date.parse(observedAt), scene.now())) return;
  scene.violate('no-backward-step', `${topicId}, observed at ${observedAt}, is as it was not since then`);
}

/** What talking moves is no part of a topic that is no tombstone, and no reason to write it. */
function checkIsEdit(scene: Scene, before: Plain | undefined, after: Plain): void {
  const violate = (what: string) =>
    scene.violate('messages-are-no-edits', `${String(after['topicId'])} ${what}`);
  const { kind } = after['lastChange'] as { kind: string };
  // What is back has no row until its roster is written.
  if (kind !== 'restored' && !same(activityOf(detailsOfItem(after)), {}))
    violate('is stored with its activity');
  const isElse = before === undefined || same(before, after) || before['status'] !== after['status'];
  if (isElse || after['status'] !== 'active') return;
  if (same(profileOf(detailsOfItem(before)), profileOf(detailsOfItem(after))))
    violate('is written as it was');
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
  const row = rosterOf(scene, String(groupId))?.rows.get(String(topicId));
  const own = detailsOfItem(before ?? {});
  const last = row ? joined(profileOf(own), activityOf(row)) : own;
  if (!same(last, detailsOfItem(after)))
    scene.violate('no-false-tombstone', `${topicId} loses its last snapshot`);
}
