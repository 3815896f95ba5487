import type { Run, RunStatus, RunSummary } from '../catalog/run.ts';
import { isHollow, isShrunk, type Limits } from './guard.ts';
import type { Tally } from './tally.ts';

/** Why a run's enumeration cannot be taken for complete; a sentence, or undefined when it can. */
export function enumerationDoubt(run: Run, distinct: number): string | undefined {
  if (run.enumeratedAt === undefined) return 'the list of communities was not read to its end';
  if (run.enumerationProblem !== undefined) return run.enumerationProblem;
  const { totalCountMin = 0, totalCountMax = 0 } = run;
  // Communities may come and go while the pages are read; beyond the counts that the pages named it is a gap.
  if (distinct >= totalCountMin && distinct <= totalCountMax) return undefined;
  const counted = totalCountMin === totalCountMax ? totalCountMax : `${totalCountMin} to ${totalCountMax}`;
  return `the list named ${distinct} communities, its TotalCount says ${counted}`;
}

/** What a list named of what is mirrored. */
type Listed = Pick<Tally, 'listed' | 'unlisted'>;

/**
 * How many mirrored communities a list does not name, when they are more than a run may disband and no person has
 * said that it is true; undefined otherwise. Once they have been asked for it is decided.
 */
export function shrinkage(run: Run, { listed, unlisted }: Listed, limits: Limits): number | undefined {
  if (run.trustedAt !== undefined || run.unlistedAskedAt !== undefined) return undefined;
  return isShrunk(unlisted, listed, limits) ? unlisted : undefined;
}

/** Why nothing may be concluded from what a run's list does not name; a sentence, or undefined when it may. */
export function listDoubt(run: Run, tally: Listed, limits: Limits): string | undefined {
  const doubt = enumerationDoubt(run, tally.listed);
  if (doubt !== undefined) return doubt;
  const fewer = shrinkage(run, tally, limits);
  return fewer === undefined ? undefined : `the list names ${fewer} communities fewer than are mirrored`;
}

/** Every reason why a run is INCOMPLETE; empty when it is not. */
export function reasonsAgainst(
  run: Run,
  tally: Listed &
    Pick<
      Tally,
      'pending' | 'failed' | 'unsupported' | 'unasked' | 'candidates' | 'unexplained' | 'deletions'
    >,
  limits: Limits,
): string[] {
  const { haltedBy } = run;
  const doubt = listDoubt(run, tally, limits);
  // A list that is too short says in its own words how many were not asked for.
  const unasked = shrinkage(run, tally, limits) === undefined ? tally.unasked : 0;
  const failed = tally.failed - tally.pending;
  return [
    ...(haltedBy ? [`halted: ${haltedBy.message}`] : []),
    ...(doubt === undefined ? [] : [doubt]),
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'community' : 'communities'} failed`] : []),
    ...servedNone(tally),
    ...(tally.pending > 0 ? [`${tally.pending} listed communities have no outcome`] : []),
    ...(unasked > 0 ? [`${unasked} unlisted communities were not asked for`] : []),
    ...hollow(tally, limits),
    ...unfinished(run, tally),
  ];
}

/** Where every community is without topics it is rather the app, or the account that asks, that is. */
function servedNone({ listed, unsupported }: Pick<Tally, 'listed' | 'unsupported'>): string[] {
  if (listed === 0 || unsupported < listed) return [];
  return [`the API serves topics of none of the ${listed} communities; the command check says why`];
}

/** Few topics may be missing for a reason of their own; of many the API should have said what became of them. */
function hollow(
  { unexplained, deletions }: Pick<Tally, 'unexplained' | 'deletions'>,
  limits: Limits,
): string[] {
  if (!isHollow(unexplained, deletions.activeTopics, limits)) return [];
  return [`${unexplained} topics are missing, and the API does not say that they are deleted`];
}

/** How a run has ended, and why not otherwise. */
export type Ending = Pick<RunSummary, 'status'> & { readonly reasons: readonly string[] };

/** The ending of a run by what speaks against it and by what the guard keeps back of it. */
export function endingOf(against: readonly string[], held: readonly string[]): Ending {
  const status: RunStatus = against.length > 0 ? 'INCOMPLETE' : held.length > 0 ? 'HELD' : 'COMPLETE';
  return { status, reasons: [...against, ...held] };
}

/** The ending of a released run: what held it is no reason any more, everything else stays as it was. */
export function endingAfterRelease(run: Run, tally: Pick<Tally, 'candidates'>): Ending {
  const { reasons = [], verdict } = run;
  const against = reasons.filter((reason) => !verdict?.reasons.includes(reason));
  return endingOf([...against, ...unfinished(run, tally)], []);
}

/**
 * The summary of a released run: that of its night, but for what has been deleted since.
 * @param now counted with what is still not carried out as held
 */
export function summaryAfterRelease(stored: RunSummary, now: Omit<RunSummary, 'status'>): RunSummary {
  const { communities, topics } = stored;
  return {
    ...stored,
    communities: { ...communities, deleted: now.communities.deleted },
    topics: { ...topics, deleted: now.topics.deleted, missing: topics.missing + now.topics.held, held: 0 },
  };
}

function unfinished(
  { tombstonesAskedAt }: Run,
  { candidates: { length: open } }: Pick<Tally, 'candidates'>,
): string[] {
  if (tombstonesAskedAt === undefined || open === 0) return [];
  return [`confirmed deletions in ${open} ${open === 1 ? 'community' : 'communities'} were not carried out`];
}
