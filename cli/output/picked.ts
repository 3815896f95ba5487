import type { Picked, PickFailure } from '../../lambdas/sync-community/pickHandler.ts';
import { EXIT } from '../exit.ts';
import { printable } from './printable.ts';

/** What became of a picked community, as a line for a person. */
export function pickedLine({ groupId, outcome, topics, changes = {}, failure }: Picked): string {
  if (failure) return printable(`${groupId}: failed: ${failure.message}`);
  if (outcome === 'superseded') return printable(`${groupId}: a newer answer was in already`);
  if (!topics) return printable(`${groupId}: nothing has changed`);
  const { active, missing, confirmed } = topics;
  const written = Object.entries(changes).map(([kind, count]) => `${count} ${kind}`);
  const absent = missing > 0 ? [`${missing} missing`] : [];
  const judged = confirmed > 0 ? `; ${confirmed} confirmed as deleted, which a run has to judge` : '';
  return printable(`${groupId}: ${[`${active} topics active`, ...absent, ...written].join(', ')}${judged}`);
}

/** The exit code of a sync of single communities: that of the worst that befell one. */
export function pickedExitCode(picked: readonly Picked[]): number {
  const codes = picked.map(({ failure }) => (failure ? codeOf(failure) : EXIT.done));
  return [EXIT.usage, EXIT.unreachable, EXIT.incomplete].find((code) => codes.includes(code)) ?? EXIT.done;
}

function codeOf({ treatment }: PickFailure): number {
  if (treatment === 'fatal') return EXIT.usage;
  const isAnswer = treatment === 'skip' || treatment === 'outcome' || treatment === 'split';
  return isAnswer ? EXIT.incomplete : EXIT.unreachable;
}
