/** The first of many values in some order, in memory for no more than twice as many. */
export interface FirstOf<T> {
  add(value: T): void;
  /** How many were added, those that are not kept included. */
  readonly seen: number;
  /** The first values, in order. */
  take(): T[];
}

/** @param limit values that are kept @param compare the order, as for Array.prototype.sort */
export function keepFirst<T>(limit: number, compare: (a: T, b: T) => number): FirstOf<T> {
  let kept: T[] = [];
  let seen = 0;
  const cut = () => {
    kept = kept.sort(compare).slice(0, limit);
  };
  return {
    add: (value) => {
      seen += 1;
      kept.push(value);
      if (kept.length >= 2 * limit) cut();
    },
    get seen() {
      return seen;
    },
    take: () => {
      cut();
      return kept;
    },
  };
}
