import type { LogEvent } from '../../shared/logEvents.ts';
import type { LogSink } from '../../shared/logger.ts';
import { printable } from './printable.ts';

/** Events after which a run goes on, but a person should know. */
const TROUBLE: ReadonlySet<LogEvent> = new Set(['community.failed', 'poller.error', 'run.halted']);

/** No more than one notice in this time: an outage fails hundreds of communities alike. */
const EVERY_MS = 20_000;

/** Says lines on stderr, as long as nothing has ended the command: its own last line says why. */
export function sayUntil(ends: AbortSignal): (line: string) => void {
  return (line) => {
    if (!ends.aborted) console.error(line);
  };
}

/**
 * Passes log lines on, and says on stderr what keeps going wrong: a night that only waits for an API to come back
 * would look like one that hangs.
 */
export function withTrouble(sink: LogSink, say: (line: string) => void, now = Date.now): LogSink {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (line) => {
    sink(line);
    const { event, message } = JSON.parse(line) as { event: LogEvent; message?: string };
    if (message === undefined || !TROUBLE.has(event) || now() - saidAt < EVERY_MS) return;
    saidAt = now();
    say(`topic-mirror: ${printable(message)}${event === 'run.halted' ? '' : ' (it will be tried again)'}`);
  };
}
