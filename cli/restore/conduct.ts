import type { Outcome } from '../../shared/restore/parts.ts';
import { settle } from '../../shared/settle.ts';

/** Why a command ends before its end: an answer that no call gets past, no answer at all, or an error of the store. */
export type Halt =
  | { readonly kind: 'refused' | 'lost'; readonly message: string }
  | { readonly kind: 'error'; readonly error: unknown };

/** So many topics in a row without an answer, each tried several times: the API is out, and nothing else is begun. */
const LOST_IN_A_ROW = 5;

/** Decides whether a command goes on, by what became of its topics so far. */
export interface Conduct {
  readonly halt: Halt | undefined;
  mayBegin(): boolean;
  note(outcome: Outcome): void;
  /** What the work gives; undefined when it failed, which ends the command. */
  watch<T>(work: Promise<T>): Promise<T | undefined>;
}

export function createConduct(signal: AbortSignal): Conduct {
  let halt: Halt | undefined;
  let lostInARow = 0;
  return {
    get halt() {
      return halt;
    },
    mayBegin: () => halt === undefined && !signal.aborted,
    note: (outcome) => {
      const { halts = false, lost = false } = outcome.kind === 'failed' ? outcome : {};
      lostInARow = lost ? lostInARow + 1 : 0;
      if (outcome.kind !== 'failed' || !(halts || lostInARow >= LOST_IN_A_ROW)) return;
      halt ??= { kind: halts ? 'refused' : 'lost', message: outcome.message };
    },
    watch: async (work) => {
      const ended = await settle(work);
      if (!('error' in ended)) return ended.value;
      halt ??= { kind: 'error', error: ended.error };
      return undefined;
    },
  };
}
