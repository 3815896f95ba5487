import { INTERRUPTED, interruptLater } from './earlyInterrupt.ts';
import { CommandError } from './exit.ts';

/** What is said of an interruption. */
export interface Interruption {
  /** While the end takes its time. */
  readonly notice?: string;
  /** What becomes of the work. */
  readonly ending: string;
}

const LOCAL_RUN: Interruption = {
  notice: 'stopping after the calls under way …',
  ending: 'interrupted; the run stays open and the next sync goes on with it',
};

/** An end that takes no longer is not announced. */
const AT_ONCE_MS = 1000;

/** A signal that the first Ctrl-C or SIGTERM aborts; the second one ends the process as usual. */
export function interruptSignal({ notice, ending }: Interruption = LOCAL_RUN): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (notice !== undefined) setTimeout(() => console.error(notice), AT_ONCE_MS).unref();
    controller.abort(new CommandError(ending, INTERRUPTED));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  interruptLater();
  return controller.signal;
}

/** Waits for what may be left alone where it is: for a signal that aborts first, no longer. @throws the signal's reason */
export async function unlessInterrupted<T>(
  signal: AbortSignal | undefined,
  begin: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const interrupted = Promise.withResolvers<never>();
  const abort = () => interrupted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([begin(), interrupted.promise]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
