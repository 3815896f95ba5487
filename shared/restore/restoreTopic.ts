import { ApiError, ChatError, NoTurnError } from '../chat/errors.ts';
import { settle } from '../settle.ts';
import { callUntil, claim, claimNow, LOOK_AGAIN_MS, PATIENCE_MS } from './claim.ts';
import { failed, mayPass } from './failure.ts';
import { begun, done, givenUp, letGo, type Restore } from './intent.ts';
import type { Outcome, RestoreParts } from './parts.ts';
import type { PlannedTopic } from './plan.ts';
import { isSame, type Recognised, recognise } from './recognise.ts';
import {
  busySentence,
  contestedSentence,
  doubleSentence,
  keptBackSentence,
  openSentence,
  takenSentence,
  unclearSentence,
} from './sentences.ts';
import { surroundingsOf } from './surroundings.ts';

/**
 * How often a topic is tried whose call got no answer and was not carried out, as a look at the community says. A call
 * that got no turn in the budget is no try: the others go first, and then it has one.
 */
const ATTEMPTS = 5;

/** After a lost answer the look waits for so long: the server's own limit is 3 s (https://trtc.io/document/34620). */
const SETTLE_MS = 3_500;

/** The id is in use. */
const IN_USE = 10021;

type Contested = Extract<Recognised, { kind: 'contested' }>;

/** An attempt under its intent. */
interface Attempt {
  readonly parts: RestoreParts;
  readonly planned: PlannedTopic;
  readonly intent: Restore;
}

/**
 * Puts one topic back, once: the intent is stored before the call, and a call whose answer was lost is looked for
 * before it is repeated. Safe to repeat, to kill at any instruction, and to run beside others.
 * @throws the store's errors, and those of `importTopic` that are no {@link ChatError}
 */
export async function restoreTopic(parts: RestoreParts, planned: PlannedTopic): Promise<Outcome> {
  let giveUpAt: number | undefined;
  for (let { stored } = planned; ; stored = await parts.read(planned)) {
    const tried = await tryToRestore(parts, { ...planned, ...(stored && { stored }) });
    if (tried.kind !== 'contested') return tried;
    giveUpAt ??= parts.now() + PATIENCE_MS;
    if (parts.now() > giveUpAt || parts.isEnding?.())
      return { kind: 'failed', ...contestedSentence(tried.until) };
    await parts.sleep(LOOK_AGAIN_MS);
  }
}

/** @returns contested when somebody else goes first: the topic is let go of, and its call still open */
async function tryToRestore(parts: RestoreParts, planned: PlannedTopic): Promise<Outcome | Contested> {
  const claimed = await claim(parts, planned);
  if ('kind' in claimed) return claimed;
  let { isOpen } = claimed;
  let attempt: Attempt = { parts, planned, intent: claimed.intent };
  for (let tries = 0, isFirst = true; ; isFirst = false) {
    const mustLook = isOpen && planned.request.topicId === undefined;
    const found = mustLook ? await lookForCall(attempt) : undefined;
    if (found) return found;
    if (mustLook) isOpen = false;
    // A look takes time of the lease, which the call needs whole.
    const renewed = mustLook || !isFirst ? await renew(attempt) : attempt;
    if ('kind' in renewed) return renewed;
    attempt = renewed;
    const sent = await send(attempt, isOpen);
    if ('outcome' in sent) return sent.outcome;
    isOpen ||= 'lost' in sent;
    if (!(sent.unsent instanceof NoTurnError)) tries += 1;
    if (tries === ATTEMPTS || parts.isEnding?.()) return endUnsettled(attempt, sent, isOpen);
    await parts.sleep(SETTLE_MS);
  }
}

/** The last attempt has failed for a reason that may pass. */
async function endUnsettled(
  attempt: Attempt,
  { lost, unsent }: Unsettled,
  isOpen: boolean,
): Promise<Outcome> {
  const error = (lost ?? unsent) as ChatError;
  if (isOpen) return { ...failed(error), ...openSentence(error) };
  await giveUp(attempt);
  return failed(error);
}

/** A new lease for the next attempt. Refused when this one stood still until somebody else took over. */
async function renew({ parts, planned, intent }: Attempt): Promise<Attempt | Outcome> {
  const next = begun(planned, intent, claimNow(parts));
  if (await parts.put(next, intent)) return { parts, planned, intent: next };
  return { kind: 'failed', ...busySentence('') };
}

/** Whether an open call has made the topic. Of a chosen id none is needed: sending it again tells. */
async function lookForCall(attempt: Attempt): Promise<Outcome | Contested | undefined> {
  const { parts, planned } = attempt;
  const { request } = planned;
  const looked = await settle(parts.look(request.groupId));
  if ('error' in looked) return unseen(looked.error);
  const seen = recognise(request, looked.value, await surroundingsOf(parts, planned, attempt.intent));
  if (seen.kind === 'made') return finish(attempt, seen.topicId);
  if (seen.kind === 'unclear') return { kind: 'failed', ...unclearSentence(seen.topicIds) };
  if (seen.kind === 'contested') {
    // Two that each kept the other away would wait for each other.
    await parts.put(letGo(attempt.intent, parts.mark()), attempt.intent);
    return seen;
  }
  return undefined;
}

/** A call that may be repeated. */
type Unsettled =
  /** It may have been carried out, and only a look can tell. */
  | { readonly lost: ChatError; readonly unsent?: never }
  /** It was not, for a reason that may pass: the budget's pauses took all of its time, for one. */
  | { readonly lost?: never; readonly unsent: ChatError };

async function send(attempt: Attempt, isOpen: boolean): Promise<{ outcome: Outcome } | Unsettled> {
  const { parts, planned } = attempt;
  const meter = { calls: 0, retries: 0, rateLimited: 0 };
  const call = { deadline: callUntil(attempt.intent), meter };
  const answered = await settle(parts.importTopic(planned.request, call));
  if ('value' in answered) return { outcome: await finish(attempt, answered.value.topicId) };
  const { error } = answered;
  if (!(error instanceof ChatError)) throw error;
  if (error instanceof ApiError && error.code === IN_USE)
    return { outcome: await inUse(attempt, isOpen || meter.calls > 1) };
  if (error.mayHaveHappened) return { lost: error };
  if (mayPass(error)) return { unsent: error };
  // An earlier call under a chosen id may still have made it.
  if (!isOpen) await giveUp(attempt);
  return { outcome: failed(error) };
}

/** The id is in use: by this topic, if a call of ours may have put it there and it is the one. */
async function inUse(attempt: Attempt, mayBeOurs: boolean): Promise<Outcome> {
  const { parts, planned } = attempt;
  const { groupId, topicId = '' } = planned.request;
  const looked = await settle(parts.lookFor(groupId, topicId));
  if ('error' in looked) return unseen(looked.error);
  const topic = looked.value;
  if (topic && mayBeOurs && isSame(planned.request, topic)) return finish(attempt, topicId);
  await giveUp(attempt);
  return { kind: 'failed', ...(topic ? takenSentence() : keptBackSentence()) };
}

/** Stores the mapping. */
async function finish({ parts, planned, intent }: Attempt, topicId: string): Promise<Outcome> {
  const now = new Date(parts.now()).toISOString();
  if (await parts.put(done(intent, topicId, { now, mark: parts.mark() }), intent))
    return { kind: 'restored', topicId };
  const stored = await parts.read(planned);
  if (stored?.newTopicId === topicId) return { kind: 'done', topicId };
  return { kind: 'failed', ...doubleSentence(topicId, stored?.newTopicId ?? 'another topic') };
}

async function giveUp({ parts, intent }: Attempt): Promise<void> {
  await parts.put(givenUp(intent, parts.mark()), intent);
}

/** The community could not be looked at: the call stays open. */
function unseen(error: unknown): Outcome {
  if (!(error instanceof ChatError)) throw error;
  return { ...failed(error), ...openSentence(error) } as Outcome;
}
