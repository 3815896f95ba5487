import * as v from 'valibot';
import type { Run } from '../../shared/catalog/run.ts';
import { parseClosingMessage } from '../../shared/messages.ts';
import type { Letter } from '../../shared/queue/deadLetters.ts';
import type { LeftLetter } from './sortLetters.ts';

/** A dead message that closes a run which is still open. */
export interface ClosingLetter {
  readonly letter: Letter;
  readonly runId: string;
}

/** Sorts the dead letters of the closing queue: those of open runs are worth waking these again. */
export function sortClosing(
  letters: readonly Letter[],
  runs: readonly Run[],
  sdkAppId: number,
): { open: readonly ClosingLetter[]; left: readonly LeftLetter[] } {
  const open: ClosingLetter[] = [];
  const left: LeftLetter[] = [];
  for (const letter of letters) {
    const found = openRunOf(letter, runs, sdkAppId);
    if ('why' in found) left.push(found);
    else open.push(found);
  }
  return { open, left };
}

function openRunOf(letter: Letter, runs: readonly Run[], sdkAppId: number): ClosingLetter | LeftLetter {
  try {
    const message = parseClosingMessage(letter.body);
    if (message.sdkAppId !== sdkAppId) return { letter, why: `it is for the app ${message.sdkAppId}` };
    const run = runs.find(({ runId }) => runId === message.runId);
    if (run?.status === 'RUNNING') return { letter, runId: run.runId };
    return {
      letter,
      why: run ? `the run ${run.runId} is ${run.status}` : `the ledger has no run ${message.runId}`,
    };
  } catch (error) {
    return { letter, why: `it cannot be read: ${(error as Error).message}` };
  }
}

/** An event of a night, and the same in the envelope of a function that failed on it (docs.aws.amazon.com, Lambda destinations). */
const Night = v.union([
  v.pipe(
    v.object({ scheduledTime: v.string() }),
    v.transform(({ scheduledTime }) => ({ scheduledTime, reason: 'the function was not invoked' })),
  ),
  v.pipe(
    v.object({
      requestPayload: v.object({ scheduledTime: v.string() }),
      responsePayload: v.optional(v.object({ errorMessage: v.optional(v.string()) })),
    }),
    v.transform(({ requestPayload: { scheduledTime }, responsePayload }) => ({
      scheduledTime,
      reason: responsePayload?.errorMessage ?? 'the function gave no reason',
    })),
  ),
]);

/** Which nights did not begin. None is put back: its time is past, and sync begins a new one. */
export function sortNights(letters: readonly Letter[]): readonly LeftLetter[] {
  return letters.map((letter) => ({ letter, why: nightIn(letter) }));
}

function nightIn({ body }: Letter): string {
  try {
    const { scheduledTime, reason } = v.parse(Night, JSON.parse(body));
    return `the night of ${scheduledTime} did not begin: ${reason}; sync begins a run now`;
  } catch {
    return 'it names no night; sync begins a run now';
  }
}
