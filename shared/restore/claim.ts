import { begun, type Claim, hasOpenCall, isDone, isInOtherHands, type Restore } from './intent.ts';
import type { Outcome, RestoreParts } from './parts.ts';
import type { PlannedTopic } from './plan.ts';
import { busySentence } from './sentences.ts';

/** Time that one call has, its wait for the rate budget and its repetitions included. */
const CALL_MS = 20_000;

/** The server carries a call out within 3 s (https://trtc.io/document/34620); two more for clocks that differ. */
const SETTLE_MS = 5_000;

/** How long one attempt keeps others away: when it ends, its call has been carried out, or never will be. */
export const LEASE_MS = CALL_MS + SETTLE_MS;

/** Epoch milliseconds by which the call of an attempt must have ended. */
export function callUntil({ until }: Restore): number {
  return Date.parse(until) - SETTLE_MS;
}

/** How soon to look again whether somebody else has finished. */
export const LOOK_AGAIN_MS = 1_000;

/** How long somebody else is waited for: one that was killed keeps others away no longer than its lease. */
export const PATIENCE_MS = LEASE_MS + 2_000;

/** The right to restore a topic. */
export interface Claimed {
  readonly intent: Restore;
  /** A call of an earlier attempt may have been carried out. */
  readonly isOpen: boolean;
}

/** Stores the intent to restore a topic, once nobody else is at it. @returns the outcome when there is nothing to do */
export async function claim(parts: RestoreParts, planned: PlannedTopic): Promise<Claimed | Outcome> {
  const giveUpAt = parts.now() + PATIENCE_MS;
  let { stored } = planned;
  for (;;) {
    if (stored && isDone(stored, planned)) return { kind: 'done', topicId: stored.newTopicId ?? '' };
    const mine = claimNow(parts);
    if (stored && isInOtherHands(stored, parts.owner, mine.now)) {
      if (parts.now() > giveUpAt || parts.isEnding?.())
        return { kind: 'failed', ...busySentence(stored.until) };
      await parts.sleep(LOOK_AGAIN_MS);
    } else {
      const intent = begun(planned, stored, mine);
      if (await parts.put(intent, stored)) return { intent, isOpen: hasOpenCall(stored, planned) };
    }
    stored = await parts.read(planned);
  }
}

/** What is written in the name of this command now. */
export function claimNow({ owner, now, mark }: RestoreParts): Claim {
  const at = now();
  const [time, until] = [at, at + LEASE_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
  return { owner, now: time, until, mark: mark() };
}
