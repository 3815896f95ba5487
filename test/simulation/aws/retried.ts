import type { Surroundings } from './environment.ts';

/** An error that the SDK repeats the request after. */
export class PassingError extends Error {
  constructor(name: string) {
    super(`${name} (simulated)`);
    this.name = name;
  }
}

/** Attempts of a request, the first included: the SDK's default, and what the functions set. */
const ATTEMPTS = 3;

/**
 * The retry loop of the SDK's standard mode: up to three attempts, full jitter below 100 ms doubling
 * (docs.aws.amazon.com, AWS SDKs Reference Guide, "Retry behavior"). What is throttled it does not repeat, as the functions have it.
 */
export async function retried<T>({ time, draw }: Surroundings, attempt: () => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingError) || number === ATTEMPTS) throw error;
      await time.wait(Math.round(draw.fraction() * 100 * 2 ** number));
    }
  }
}
