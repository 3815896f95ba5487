import { CommandError } from './exit.ts';

/** What a shell expects of a command that SIGINT ended. */
const INTERRUPTED = 130;

/** What is said of an interruption. */
export interface Interruption {
  /** At once, where the end takes a while. */
  readonly notice?: string;
  /** What becomes of the work. */
  readonly ending: string;
}

const LOCAL_RUN: Interruption = {
  notice: 'stopping after the calls under way …',
  ending: 'interrupted; the run stays open and the next sync goes on with it',
};

/** A signal that the first Ctrl-C or SIGTERM aborts; the second one ends the process as usual. */
export function interruptSignal({ notice, ending }: Interruption = LOCAL_RUN): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (notice !== undefined) console.error(notice);
    controller.abort(new CommandError(ending, INTERRUPTED));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return controller.signal;
}
