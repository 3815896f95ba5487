import type { Roster } from '../../../shared/sync/roster.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { joinDetails } from '../../../shared/sync/split.ts';
import type { DeletedFacts, TopicFacts } from './data.ts';

/** The topics of a roster that holds active ones alone; their names it does not know. */
export function activeFacts({ groupId, rows }: Roster): TopicFacts[] {
  return [...rows].map(([topicId, { newMessages: _new, extra: _extra, ...shown }]) => ({
    groupId,
    topicId,
    status: 'active',
    ...shown,
  }));
}

/** What is shown of a topic whose snapshot was read. */
export function snapshotFacts({ groupId, topicId, status, profile, activity }: Snapshot): TopicFacts {
  const details = joinDetails(profile, activity);
  const { introduction: _i, notification: _n, faceUrl: _f, customString: _c, extra: _e, ...shown } = details;
  return { groupId, topicId, status, ...shown };
}

/** What is shown of a tombstone. */
export function tombstoneFacts(topic: Snapshot): DeletedFacts {
  const { firstSeenAt, deletedAt, deletedCode } = topic;
  return {
    ...snapshotFacts(topic),
    firstSeenAt,
    ...(deletedAt !== undefined && { deletedAt }),
    ...(deletedCode !== undefined && { deletedCode }),
  };
}
