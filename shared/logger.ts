/**
 * Log lines are an interface: one JSON object a line, an `event` that names what happened, and the ids of what
 * it happened to. A logging library would add more to a function's bundle and start than it would save here.
 */
export type LogLevel = 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same logger with ids that stand on each of its lines. */
  with(fields: LogFields): Logger;
}

/** Takes one finished line, without its line end. */
export type LogSink = (line: string) => void;

/** A logger that writes JSON lines to `sink`, stamped with the time in ISO 8601 UTC. */
export function createLogger(sink: LogSink = stdout, base: LogFields = {}, now = Date.now): Logger {
  const write = (level: LogLevel, event: string, fields: LogFields = {}) => {
    const own = { time: new Date(now()).toISOString(), level, event };
    // Spread twice: they stand first, and no field of the same name takes their place.
    sink(JSON.stringify({ ...own, ...base, ...fields, ...own }, printable));
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
function printable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function stdout(line: string): void {
  process.stdout.write(`${line}\n`);
}
