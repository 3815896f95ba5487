/** What happened, in order: a short tail to read, and a hash of all of it to compare two replays by. */
export interface Trace {
  add(what: string): void;
  /** The last events, oldest first, each with its virtual time. */
  tail(): string[];
  hash(): string;
  readonly events: number;
}

const TAIL = 40;

/** @param print told of every event, one line each */
export function createTrace(now: () => number, print?: (line: string) => void): Trace {
  const lines: string[] = [];
  let events = 0;
  let hash = 0x811c9dc5;
  return {
    add: (what) => {
      const line = `${now()} ${what}`;
      lines[events++ % TAIL] = line;
      print?.(readable(line));
      for (let index = 0; index < line.length; index++)
        hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    },
    tail: () => {
      const from = Math.max(0, events - TAIL);
      return Array.from({ length: events - from }, (_, index) => readable(lines[(from + index) % TAIL]));
    },
    hash: () => (hash >>> 0).toString(16).padStart(8, '0'),
    get events() {
      return events;
    },
  };
}

function readable(line = ''): string {
  const space = line.indexOf(' ');
  return `${new Date(Number(line.slice(0, space))).toISOString().slice(0, 23)}${line.slice(space)}`;
}
