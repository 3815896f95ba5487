import type { Catalog } from '../../shared/catalog/index.ts';
import type { TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { type ChangeKind, hasEntry, type Snapshot } from '../../shared/sync/snapshot.ts';
import type { CommunityResult, SyncParts } from './outcome.ts';
import { syncCommunity } from './syncCommunity.ts';

/** How many changes of topics of each kind were written: a run's counts hold those of its other deliveries, too. */
export type Changes = Partial<Record<ChangeKind | 'baseline', number>>;

/**
 * Syncs one community that a person has picked, as one more delivery of its run's message. Only a proper answer is
 * written: whoever asked is told of an error, and neither the community's stamp nor the run need know of it; so does
 * nothing come into the catalog of a community that does not exist.
 * @throws {ChatError} when the community cannot be read, or is gone
 */
export async function pickCommunity(
  parts: SyncParts,
  message: CommunityMessage,
): Promise<CommunityResult & { readonly changes: Changes }> {
  const first = await parts.askTopics(message.groupId);
  const changes: Changes = {};
  const catalog = counting(withoutFailures(parts.catalog), changes);
  const result = await syncCommunity({ ...parts, askTopics: beginningWith(first, parts), catalog }, message);
  return { ...result, changes };
}

/** Counts the changes that are written. @param changes added to */
function counting(catalog: Catalog, changes: Changes): Catalog {
  const count = (snapshot: Snapshot) => {
    const { observedAt, lastChangedAt, lastChange } = snapshot;
    if (lastChangedAt !== observedAt) return;
    const kind = hasEntry(snapshot) ? lastChange.kind : 'baseline';
    changes[kind] = (changes[kind] ?? 0) + 1;
  };
  return {
    ...catalog,
    createSnapshots: async (snapshots, mayBegin) => {
      const refused = new Set(await catalog.createSnapshots(snapshots, mayBegin));
      for (const snapshot of snapshots) if (!refused.has(snapshot.topicId)) count(snapshot);
      return [...refused];
    },
    putSnapshot: async (...putting) => {
      const accepted = await catalog.putSnapshot(...putting);
      if (accepted) count(putting[0]);
      return accepted;
    },
  };
}

/** Asks for topics; the first time there is an answer already. */
function beginningWith(first: TopicAnswer, { askTopics }: SyncParts): SyncParts['askTopics'] {
  let answer: TopicAnswer | undefined = first;
  return async (groupId) => {
    const asked = answer ?? (await askTopics(groupId));
    answer = undefined;
    return asked;
  };
}

/** A failure is stamped only with what was written of the rest of the answer: the lease is given back with it. */
function withoutFailures(catalog: Catalog): Catalog {
  return {
    ...catalog,
    stampFailed: async (...stamping) => {
      const [, , , , , lease] = stamping;
      return lease ? catalog.stampFailed(...stamping) : true;
    },
  };
}
