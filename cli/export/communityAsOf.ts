import type { Community } from '../../shared/catalog/community.ts';
import { communityRecord } from '../records.ts';

/** What else is known of a community at an instant. */
export interface Known {
  /** Its topics then, and those of them that were active. */
  readonly topics: number;
  readonly active: number;
  /** Whether the run that the instant is the end of has listed it. Asked only where nothing else shows that it was there. */
  wasListed(): Promise<boolean>;
}

/** Whether anything has stamped a community since: what a stamp says of then is overwritten. */
export function stampedSince(
  { run, lastSyncedAt = '', failingSince = '', deletedAt = '', lastErrorRunId = '' }: Community,
  instant: string,
): boolean {
  const times = [run?.askedAt ?? '', lastSyncedAt, failingSince, deletedAt, lastErrorRunId];
  return times.some((time) => time > instant);
}

/**
 * A community as it was at an instant, as the listings print it, but for its topics, which are counted. Of one that has been
 * stamped since it is forgotten when it was last synced, by which run and with which error, and whether it was not
 * active, unless it still is not.
 * @returns undefined when nothing shows that it was mirrored then
 */
export async function communityAsOf(
  stamp: Community,
  instant: string,
  known: Known,
): Promise<object | undefined> {
  const topicCount = known.active;
  if (!stampedSince(stamp, instant)) {
    const { failingSince } = stamp;
    return { ...communityRecord(stamp), topicCount, failingSince };
  }
  const { groupId, status, failingSince, deletedAt } = stamp;
  const wasFailing = failingSince !== undefined && failingSince <= instant;
  const wasDeleted = deletedAt !== undefined && deletedAt <= instant;
  const wasThere = known.topics > 0 || wasFailing || wasDeleted || isKnownSince(stamp, instant);
  if (!wasThere && !(await known.wasListed())) return undefined;
  const wasUnsupported = status === 'unsupported' && wasFailing;
  return {
    groupId,
    status: wasDeleted ? 'deleted' : wasUnsupported ? 'unsupported' : 'active',
    topicCount,
    ...(wasFailing && { failingSince }),
  };
}

function isKnownSince({ lastSyncedAt }: Community, instant: string): boolean {
  return lastSyncedAt !== undefined && lastSyncedAt <= instant;
}
