import type { Draw } from '../../../simulator/random.ts';
import type { Trace } from '../trace.ts';
import type { VirtualTime } from '../virtualTime.ts';
import type { Weather } from '../weather.ts';

/** What every virtual server and client needs of a simulation. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly trace: Trace;
  /** Times and choices of the servers. */
  readonly draw: Draw;
}

/** A promise that is never kept: what a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

/**
 * One execution environment of a function. Everything that leaves it goes through `effect`, where it may die; once
 * dead it hears of nothing any more, and nothing it does has an effect.
 */
export class Environment {
  readonly name: string;
  /** Until when it calls by its share of the budget, the leases being lost to it; epoch milliseconds. */
  sharesUntil = Number.NEGATIVE_INFINITY;
  readonly #around: Surroundings;
  #dead = false;
  #onDeath: (() => void) | undefined;

  constructor(name: string, around: Surroundings) {
    this.name = name;
    this.#around = around;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Told when the environment dies during the invocation that is under way. */
  watch(onDeath: (() => void) | undefined): void {
    this.#onDeath = onDeath;
  }

  kill(why: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#around.trace.add(`${this.name} dies: ${why}`);
    this.#onDeath?.();
  }

  /** One request to the world. Its effect, once sent, takes place whether or not the sender lives. */
  async effect<T>(what: string, send: () => Promise<T>): Promise<T> {
    const { weather } = this.#around;
    if (this.#dead) return never();
    if (weather.strikes('crash before an effect')) this.kill(`before ${what}`);
    if (this.#dead) return never();
    const settled = await send().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (!this.#dead && weather.strikes('crash after an effect')) this.kill(`after ${what}`);
    if (this.#dead) return never();
    if ('error' in settled) throw settled.error;
    return settled.value;
  }
}

/** Milliseconds that an answer takes: mostly near the median, now and then much longer. */
export function latency(draw: Draw, medianMs: number): number {
  const heavy = draw.chance(0.01) ? 10 : 1;
  return Math.round(medianMs * heavy * (0.5 + draw.fraction()));
}
