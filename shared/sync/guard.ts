/** How much one run may delete. */
export interface Limits {
  /** Topics. */
  readonly maxDeletions: number;
  /** Share of what was there before the run, 0 to 1. */
  readonly maxDeletionRatio: number;
}

/** Deletions that a run has confirmed, and what it leaves. */
export interface Deletions {
  /** Topics confirmed gone in communities that live on. */
  readonly topics: number;
  /** Topics that are active, candidates aside. */
  readonly activeTopics: number;
  /** Topics that the run has deleted already: it was closed, and opened again. */
  readonly deletedTopics?: number;
  /** Communities confirmed disbanded. Their topics go with them and are not counted among `topics`. */
  readonly communities: number;
  /** Mirrored communities that live on. */
  readonly activeCommunities: number;
  /** Communities that the run has deleted already. */
  readonly deletedCommunities?: number;
}

/** Topics that a run may delete whatever the limits: the noise of an ordinary day in a small app. */
export const ALWAYS_TOPICS = 50;

/**
 * Communities that a run may delete whatever the limits. A community holds some ten topics, so that five are as
 * much as fifty topics; for the same reason the absolute limit is a tenth of that of topics.
 */
export const ALWAYS_COMMUNITIES = 5;

const TOPICS_A_COMMUNITY = 10;

/**
 * Judges a run's deletions as a whole. An API that is mistaken says "deleted" of many things at once: more than the
 * limits allow wait for a person, and then all of them do, topics and communities alike.
 * @returns a sentence for each limit that is exceeded; empty when the deletions may be carried out
 */
export function reasonsToHold(deletions: Deletions, { maxDeletions, maxDeletionRatio }: Limits): string[] {
  const { topics, activeTopics, deletedTopics = 0 } = deletions;
  const { communities, activeCommunities, deletedCommunities = 0 } = deletions;
  const topicExcess = excess(
    topics,
    activeTopics,
    deletedTopics,
    topicLimits({ maxDeletions, maxDeletionRatio }),
  );
  const communityExcess = excess(
    communities,
    activeCommunities,
    deletedCommunities,
    communityLimits({ maxDeletions, maxDeletionRatio }),
  );
  return [
    ...(topicExcess ? [`${topics} confirmed deletions are held: ${topicExcess}`] : []),
    ...(communityExcess ? [`${communities} confirmed disbandings are held: ${communityExcess}`] : []),
  ];
}

/**
 * Whether a list lacks more mirrored communities than a run may disband: then the list is doubted before any of them.
 * @param unlisted mirrored communities that it does not name @param listed communities that it names
 */
export function isShrunk(unlisted: number, listed: number, limits: Limits): boolean {
  return excess(unlisted, listed, 0, communityLimits(limits)) !== undefined;
}

/**
 * Whether more topics are missing, and not confirmed as deleted, than a run may delete: then the answers are doubted.
 * @param missing topics that are in no answer @param active topics that are there
 */
export function isHollow(missing: number, active: number, limits: Limits): boolean {
  return excess(missing, active, 0, topicLimits(limits)) !== undefined;
}

function topicLimits({ maxDeletions, maxDeletionRatio }: Limits) {
  return { always: ALWAYS_TOPICS, most: maxDeletions, ratio: maxDeletionRatio };
}

function communityLimits({ maxDeletions, maxDeletionRatio }: Limits) {
  return {
    always: ALWAYS_COMMUNITIES,
    most: maxDeletions / TOPICS_A_COMMUNITY,
    ratio: maxDeletionRatio,
  };
}

/** Which limit a number exceeds, or undefined. The quotient, not a product, is exact where both meet. */
function excess(
  confirmed: number,
  left: number,
  already: number,
  { always, most, ratio }: { always: number; most: number; ratio: number },
): string | undefined {
  const deleted = confirmed + already;
  if (confirmed === 0 || deleted <= always) return undefined;
  if (deleted > most) return `more than ${Math.max(always, Math.floor(most))} in one run`;
  const before = deleted + left;
  return deleted / before <= ratio ? undefined : `more than ${percent(ratio)} of the ${before} there were`;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`;
}
