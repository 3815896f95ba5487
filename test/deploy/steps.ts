/** A step's outcome in a few words, printed behind its name. */
export type Outcome = string | undefined;

/** Something that was expected of the deployment and is not so. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/** @throws {ExpectationError} with the message, unless the condition holds */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ExpectationError(message);
}

/** Prints one line a step: how long it took, what it was, what came of it. */
export class Steps {
  readonly #startedAt = Date.now();
  #count = 0;

  /** @param work gives what to print behind the step's name */
  async run<T>(
    name: string,
    work: () => Promise<T>,
    outcome: (result: T) => Outcome = () => undefined,
  ): Promise<T> {
    const from = Date.now();
    this.#count += 1;
    try {
      const result = await work();
      const words = outcome(result);
      this.#print(from, 'ok  ', words === undefined ? name : `${name}: ${words}`);
      return result;
    } catch (error) {
      this.#print(from, 'FAIL', name);
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Seconds since the first step. */
  get seconds(): number {
    return (Date.now() - this.#startedAt) / 1000;
  }

  #print(from: number, verdict: string, text: string): void {
    console.log(`${((Date.now() - from) / 1000).toFixed(1).padStart(5)} s ${verdict}  ${text}`);
  }
}
