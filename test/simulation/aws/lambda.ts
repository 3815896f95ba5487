import type { Context } from 'aws-lambda';
import { invocationContext } from '../../../local/invocation.ts';
import { Environment, type Surroundings } from './environment.ts';

export type Handler = (event: never, context: Context) => Promise<unknown>;

export interface FunctionOptions {
  readonly name: string;
  readonly timeoutMs: number;
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

  async invoke(event: unknown): Promise<Ended> {
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
