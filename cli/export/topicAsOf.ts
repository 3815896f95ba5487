import { diff } from '../../shared/sync/diff.ts';
import type { Change, Snapshot, TopicProfile } from '../../shared/sync/snapshot.ts';

/** A change whose result is not what the snapshot, its later changes undone, says. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

/**
 * A topic as it was at an instant: its snapshot, with what changed later undone. What a snapshot says of absence is not
 * in its history and can be told only as far as the snapshot has kept it:
 * a topic that has been written since counts as missing if it is missing, or deleted, since before the instant, and as active
 * otherwise; of a tombstone that has come back since, when and with which code it was deleted is forgotten. Its activity is
 * not taken back here.
 * @param history the topic's changes, newest first; those up to the instant may be left out but for the newest of them
 * @param instant ISO 8601 UTC with milliseconds
 * @returns undefined when it was not mirrored yet; the snapshot itself when it has not been written since
 * @throws {HistoryError} when the changes do not lead to the snapshot
 */
export function topicAsOf(
  snapshot: Snapshot,
  history: readonly Change[],
  instant: string,
): Snapshot | undefined {
  if (snapshot.observedAt <= instant) return snapshot;
  if (snapshot.firstSeenAt > instant) return undefined;
  const later = history.filter(({ observedAt }) => observedAt > instant);
  if (snapshot.lastChangedAt > instant && later[0]?.observedAt !== snapshot.lastChangedAt)
    throw new HistoryError(`the change of ${snapshot.lastChangedAt} is not in it`);
  const profile = later.reduce(undo, snapshot.profile);
  // One that came with its community's first answer has no entry of that.
  const lastChangedAt =
    history.find(({ observedAt }) => observedAt <= instant)?.observedAt ?? snapshot.firstSeenAt;
  const { missingSince, deletedAt: _at, deletedCode: _code, ...kept } = snapshot;
  const earliest = later.at(-1);
  const status = earliest ? statusBefore(earliest, snapshot) : snapshot.status;
  const wasMissing = status === 'missing' && missingSince !== undefined && missingSince <= instant;
  const absence = wasMissing ? { missingSince } : {};
  return {
    ...kept,
    profile,
    lastChangedAt,
    status: status === 'missing' && !wasMissing ? 'active' : status,
    ...absence,
  };
}

/** A topic's profile as it was before a change. @throws {HistoryError} when it is not what the change made */
export function undo(
  profile: TopicProfile,
  { kind, observedAt, before = {}, after = {} }: Change,
): TopicProfile {
  if (kind === 'created') throw new HistoryError(`it was created at ${observedAt}, after it was first seen`);
  // What is deleted keeps all that it had.
  if (kind === 'deleted') return profile;
  const changed = new Set([...Object.keys(before), ...Object.keys(after)]);
  const fields = Object.entries(profile);
  const found = Object.fromEntries(fields.filter(([name]) => changed.has(name)));
  if (diff(found, after)) throw new HistoryError(`the change of ${observedAt} does not lead to it`);
  return { ...Object.fromEntries(fields.filter(([name]) => !changed.has(name))), ...before };
}

/** Only a deletion that stands, and the snapshot with it, tells whether the topic was missing before. */
function statusBefore({ kind, observedAt }: Change, { lastChangedAt, status }: Snapshot): Snapshot['status'] {
  if (kind === 'restored') return 'deleted';
  return kind === 'deleted' && status === 'deleted' && observedAt === lastChangedAt ? 'missing' : 'active';
}
