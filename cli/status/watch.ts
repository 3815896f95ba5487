import type { Look } from './look.ts';
import { type Mark, markOf, type Status, statusOf } from './statusOf.ts';

/** What watching needs of the world. */
export interface WatchParts {
  /** A look; undefined when there is nothing that was not seen before. */
  look(): Promise<Look | undefined>;
  sleep(ms: number): Promise<unknown>;
}

/** Time between two looks. */
export const LOOK_MS = 1000;

/** Looks over which the rate is averaged. */
const MARKS = 15;

/**
 * Yields what each look sees, until the run that is under way has ended, or else the next one: an idle mirror is told of
 * once.
 */
export async function* watchStatus({ look, sleep }: WatchParts): AsyncGenerator<Status> {
  let marks: Mark[] = [];
  let hasBegun = false;
  let told: string | undefined;
  for (;;) {
    const seen = await look();
    if (seen) {
      const status = statusOf(seen, marks);
      const isOpen = status.status === 'RUNNING' && status.phase !== 'interrupted';
      const mark = markOf(seen);
      marks = mark ? [...marks, mark].slice(-MARKS) : [];
      const idle = `${status.runId} ${status.phase}`;
      if (isOpen || idle !== told) yield status;
      told = isOpen ? undefined : idle;
      hasBegun ||= isOpen;
      if (hasBegun && !isOpen) return;
    }
    await sleep(LOOK_MS);
  }
}
