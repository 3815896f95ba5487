import type { Run } from '../catalog/run.ts';
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

/** Every reason why a run is not COMPLETE; empty when it is. */
export function reasonsAgainst(
  run: Run,
  tally: Pick<Tally, 'listed' | 'pending' | 'failed' | 'unasked'>,
): string[] {
  const { haltedBy } = run;
  const doubt = enumerationDoubt(run, tally.listed);
  const failed = tally.failed - tally.pending;
  return [
    ...(haltedBy ? [`halted: ${haltedBy.message}`] : []),
    ...(doubt === undefined ? [] : [doubt]),
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'community' : 'communities'} failed`] : []),
    ...(tally.pending > 0 ? [`${tally.pending} listed communities have no outcome`] : []),
    ...(tally.unasked > 0 ? [`${tally.unasked} unlisted communities were not asked for`] : []),
  ];
}
