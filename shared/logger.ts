import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogEvent } from './logEvents.ts';
import { printable } from './printable.ts';

/**
 * Log lines are an interface: one JSON object a line, an `event` that names what happened, and the ids of what
 * it happened to. A logging library would add more to a function's bundle and start than it would save here.
 */
export type LogLevel = 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  info(event: LogEvent<'info'>, fields?: LogFields): void;
  warn(event: LogEvent<'warn'>, fields?: LogFields): void;
  error(event: LogEvent<'error'>, fields?: LogFields): void;
  /** The same logger with ids that stand on each of its lines. */
  with(fields: LogFields): Logger;
}

/** Takes one finished line, without its line end. */
export type LogSink = (line: string) => void;

const ids = new AsyncLocalStorage<LogFields>();

/**
 * Has every line that is logged while `work` is under way carry these ids, whoever's logger writes it: what all calls
 * share, such as the client of the API, knows nothing of the community that it is asked for.
 */
export function withLogIds<T>(fields: LogFields, work: () => T): T {
  return ids.run({ ...ids.getStore(), ...fields }, work);
}

/** A logger that writes JSON lines to `sink`, stamped with the time in ISO 8601 UTC. */
export function createLogger(sink: LogSink = stdout, base: LogFields = {}, now = Date.now): Logger {
  const write = (level: LogLevel, event: LogEvent, fields: LogFields = {}) => {
    const own = { time: new Date(now()).toISOString(), level, event };
    // Spread twice: they stand first, and no field of the same name takes their place.
    const line = JSON.stringify({ ...own, ...base, ...ids.getStore(), ...fields, ...own }, digits);
    // What JSON leaves as it is and a terminal obeys is escaped too: it is the same JSON.
    sink(printable(line));
  };
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
    with: (fields) => createLogger(sink, { ...base, ...fields }, now),
  };
}

/** What a log line says of an error: never its stack's paths, never more than the first 500 characters. */
export function errorFields(error: unknown): LogFields {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { error: name, message: message.slice(0, 500) };
}

/** JSON has no bigint: it is printed as its digits, in quotes. */
function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function stdout(line: string): void {
  process.stdout.write(`${line}\n`);
}
