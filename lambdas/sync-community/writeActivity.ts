import type { Community } from '../../shared/catalog/community.ts';
import type { TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import {
  entryOf,
  type MessageCounts,
  messagesIn,
  nextRoster,
  type Roster,
  type RosterSeen,
} from '../../shared/sync/roster.ts';
import type { SplitTopic } from '../../shared/sync/split.ts';
import { type CommunityResult, countingRun, runOf, type SyncParts } from './outcome.ts';

/** An answer, taken apart, and its digest. */
export interface SplitAnswer {
  readonly answer: TopicAnswer;
  readonly topics: readonly SplitTopic[];
  readonly digest: string;
  /** Nobody else is known to have been at the community since its stamp. */
  readonly isSure: boolean;
}

/**
 * Keeps what talking has moved in a community whose profiles are those of its stamp: one item, whatever the number of its
 * topics, without a lease and without a look at the topics. The stamp is written last, and only over the one that was read.
 * @returns undefined when another consumer has been at the roster or the stamp: the community must be asked for anew
 */
export async function writeActivity(
  parts: SyncParts,
  message: CommunityMessage,
  stamp: Community,
  answered: SplitAnswer,
): Promise<CommunityResult | undefined> {
  const result = await write(parts, message, stamp, answered);
  if (!result) await tellNewest(parts, message.groupId);
  return result;
}

async function write(
  parts: SyncParts,
  message: CommunityMessage,
  stamp: Community,
  { answer, topics, digest, isSure }: SplitAnswer,
): Promise<CommunityResult | undefined> {
  const { groupId, runId } = message;
  const stored =
    parts.firstLook && isSure
      ? await parts.firstLook.rosterOf(groupId)
      : await parts.catalog.readRoster(groupId, { consistent: !isSure });
  const observedAt = new Date(answer.requestedAt).toISOString();
  const messages = await moveRoster(parts, { stamp, stored, isSure }, { groupId, runId, observedAt, topics });
  if (!messages) return undefined;
  const run = runOf(parts, message, stamp, 'unchanged', answer.requestedAt, messages);
  const accepted = await parts.catalog.stampUnchanged(stamp, run, digest);
  return accepted ? { outcome: run.outcome, messages } : undefined;
}

/**
 * Writes the entry of the newest roster once more: that of an older one may have come late over it. At once, since asking
 * anew may fail, and the community is then left as it is.
 */
async function tellNewest({ catalog, putEntry }: SyncParts, groupId: string): Promise<void> {
  const roster = await catalog.readRoster(groupId, { consistent: true });
  const entry = roster && entryOf(roster);
  if (entry) await putEntry(entry);
}

/** A roster as it was found. */
interface Found {
  readonly stamp: Pick<Community, 'lastSyncedAt' | 'run'>;
  readonly stored: Roster | undefined;
  /** Nobody else is known to have been at the community since its stamp. */
  readonly isSure: boolean;
}

/**
 * Writes the roster that an answer makes of the stored one, and then what its run has counted, which the roster holds, too.
 * The entry of a roster that is younger than the stamp is written again, since its writer may have died in between, and so
 * is that of one where an older writer may have come late.
 * @returns what the run whose block the stamp is to have has counted in the community; undefined when another consumer has
 *   been at the roster
 */
export async function moveRoster(
  { catalog, putEntry, isRunOver = false }: Pick<SyncParts, 'catalog' | 'putEntry' | 'isRunOver'>,
  { stamp, stored, isSure }: Found,
  seen: RosterSeen,
): Promise<MessageCounts | undefined> {
  const { lastSyncedAt = '' } = stamp;
  if (stored && stored.observedAt >= seen.observedAt) return undefined;
  const roster = nextRoster(stored, seen);
  const isOpen = stored && (!isSure || stored.observedAt > lastSyncedAt);
  const isReplaced = roster !== stored && roster?.runId === stored?.runId;
  if (isOpen && !isReplaced) await tell(stored);
  if (roster && roster !== stored) {
    if (!(await catalog.putRoster(roster, stored))) return undefined;
    await tell(roster);
  }
  return messagesIn(roster, countingRun({ isRunOver }, seen.runId, stamp));

  async function tell(of: Roster): Promise<void> {
    const entry = entryOf(of);
    if (entry) await putEntry(entry);
  }
}
