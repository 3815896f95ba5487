const WINDOW_MS = 1000;

/**
 * Admits at most `limit` calls in any rolling second: a call is refused when accepting it would make
 * more than `limit` accepted calls in the 1000 ms that end with it. Refused calls do not count.
 * How Tencent counts is not published; a rolling window is the strictest reading of "calls per second".
 */
export class RateWindow {
  readonly #limit: number;
  readonly #accepted: number[] = [];
  #oldest = 0;

  /** @param limit calls per second, a positive integer, or Infinity for no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param at milliseconds on a clock that never goes back. */
  admits(at: number): boolean {
    if (this.#limit === Infinity) return true;
    const leaving = this.#accepted[this.#oldest];
    if (leaving !== undefined && at - leaving < WINDOW_MS) return false;
    this.#accepted[this.#oldest] = at;
    this.#oldest = (this.#oldest + 1) % this.#limit;
    return true;
  }
}

/** Counts arrivals in the time that ends with the last of them, exactly (no buckets). */
export class RollingCount {
  readonly #windowMs: number;
  #recent: number[] = [];
  #first = 0;

  constructor(windowMs: number = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** @param at milliseconds on a clock that never goes back. @returns how many, this one included */
  arrive(at: number): number {
    this.#recent.push(at);
    while (at - (this.#recent[this.#first] as number) >= this.#windowMs) this.#first++;
    if (this.#first > this.#recent.length / 2) this.#forgetOld();
    return this.#recent.length - this.#first;
  }

  #forgetOld(): void {
    this.#recent = this.#recent.slice(this.#first);
    this.#first = 0;
  }
}
