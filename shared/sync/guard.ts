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
  /** Communities confirmed disbanded. Their topics go with them and are not counted among `topics`. */
  readonly communities: number;
  /** Mirrored communities that live on. */
  readonly activeCommunities: number;
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
  const { topics, activeTopics, communities, activeCommunities } = deletions;
  const topicExcess = excess(topics, activeTopics, {
    always: ALWAYS_TOPICS,
    most: maxDeletions,
    ratio: maxDeletionRatio,
  });
  const communityExcess = excess(communities, activeCommunities, {
    always: ALWAYS_COMMUNITIES,
    most: maxDeletions / TOPICS_A_COMMUNITY,
    ratio: maxDeletionRatio,
  });
  return [
    ...(topicExcess ? [`${topics} confirmed deletions are held: ${topicExcess}`] : []),
    ...(communityExcess ? [`${communities} confirmed disbandings are held: ${communityExcess}`] : []),
  ];
}

/** Which limit a number exceeds, or undefined. The quotient, not a product, is exact where both meet. */
function excess(
  deleted: number,
  left: number,
  { always, most, ratio }: { always: number; most: number; ratio: number },
): string | undefined {
  if (deleted <= always) return undefined;
  if (deleted > most) return `more than ${Math.max(always, Math.floor(most))} in one run`;
  const before = deleted + left;
  return deleted / before <= ratio ? undefined : `more than ${percent(ratio)} of the ${before} there were`;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`;
}
