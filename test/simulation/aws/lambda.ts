import type { Context } from 'aws-lambda';
import { invocationContext } from '../../../local/invocation.ts';
import { Environment, type Surroundings } from './environment.ts';

export type Handler = (event: never, context: Context) => Promise<unknown>;

/** Invocations of all functions of an account that may run at once; more are throttled. */
export class Account {
  readonly limit: number;
  running = 0;
  /** Invocations that found no room. */
  throttles = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @returns whether there was room */
  enter(): boolean {
    if (this.running >= this.limit) {
      this.throttles += 1;
      return false;
    }
    this.running += 1;
    return true;
  }

  leave(): void {
    this.running -= 1;
  }
}

/** Throttled invocations are repeated after so long, twice as long each time (docs.aws.amazon.com, Lambda, asynchronous invocation). */
const AGAIN_MS = 1000;
const LONGEST_AGAIN_MS = 300_000;

export interface FunctionOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly account: Account;
  /** Wires the handler for a new environment. */
  readonly create: (environment: Environment) => Handler;
}

/** How an invocation ended: with an answer, with an error, or with the death of its environment. */
export type Ended = { readonly value: unknown } | { readonly failed: string };

interface Warm {
  readonly environment: Environment;
  readonly handler: Handler;
}

/** A Lambda function: one invocation at a time in each environment, and environments that are used again. */
export class VirtualFunction {
  readonly options: FunctionOptions;
  readonly #around: Surroundings;
  readonly #idle: Warm[] = [];
  #environments = 0;
  /** When each invocation under way began, in the order of their beginnings. */
  readonly #running: number[] = [];
  #endedAt = 0;

  constructor(options: FunctionOptions, around: Surroundings) {
    this.options = options;
    this.#around = around;
  }

  get running(): number {
    return this.#running.length;
  }

  /** When the longest of the invocations under way began; undefined when there is none. */
  get runningSince(): number | undefined {
    return this.#running[0];
  }

  /** When an invocation ended last. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /**
   * Invokes the function as soon as the account has room for it.
   * @param patienceMs after which a throttled event is given up
   */
  async invoke(event: unknown, patienceMs: number): Promise<Ended> {
    const { account, name } = this.options;
    const { trace, time } = this.#around;
    const until = time.now() + patienceMs;
    for (let wait = AGAIN_MS; !account.enter(); wait = Math.min(2 * wait, LONGEST_AGAIN_MS)) {
      if (time.now() + wait > until) {
        trace.add(`${name} is throttled for too long`);
        return { failed: 'it was throttled' };
      }
      await time.wait(wait);
    }
    return this.#run(event).finally(() => account.leave());
  }

  async #run(event: unknown): Promise<Ended> {
    const { trace, time } = this.#around;
    const begunAt = time.now();
    this.#running.push(begunAt);
    const warm = this.#idle.pop() ?? (await this.#start());
    const { environment } = warm;
    trace.add(`${environment.name} begins`);
    const ended = await this.#untilEnd(warm, event);
    trace.add(`${environment.name} ends${'failed' in ended ? `: ${ended.failed}` : ''}`);
    if (!environment.dead) this.#idle.push(warm);
    this.#running.splice(this.#running.indexOf(begunAt), 1);
    this.#endedAt = time.now();
    return ended;
  }

  async #start(): Promise<Warm> {
    const { time, draw } = this.#around;
    await time.wait(draw.int(50, 400));
    const environment = new Environment(`${this.options.name}#${++this.#environments}`, this.#around);
    return { environment, handler: this.options.create(environment) };
  }

  #untilEnd({ environment, handler }: Warm, event: unknown): Promise<Ended> {
    const { timeoutMs } = this.options;
    return new Promise((resolve) => {
      let ended = false;
      const end = (how: Ended) => {
        ended = true;
        environment.watch(undefined);
        resolve(how);
      };
      environment.watch(() => end({ failed: 'it died' }));
      this.#around.time.after(timeoutMs, () => {
        if (!ended) environment.kill('its time is up');
      });
      handler(event as never, invocationContext(timeoutMs)).then(
        (value) => !ended && end({ value }),
        (error: Error) => !ended && end({ failed: `${error.name}: ${error.message}` }),
      );
    });
  }
}
