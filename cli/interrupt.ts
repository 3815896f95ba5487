import { CommandError } from './exit.ts';

/** What a shell expects of a command that SIGINT ended. */
const INTERRUPTED = 130;

/** A signal that the first Ctrl-C or SIGTERM aborts; the second one ends the process as usual. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    console.error('stopping after the calls under way …');
    controller.abort(
      new CommandError('interrupted; the run stays open and the next sync goes on with it', INTERRUPTED),
    );
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return controller.signal;
}
