import type { ApiName } from './apis/index.ts';
import type { JsonObject } from './json.ts';

export interface InterceptedCall {
  api: ApiName;
  sdkAppId: number;
  body: JsonObject;
  /** How many calls with the same app, api and body text came before this one. */
  attemptIndex: number;
}

/** What to do with a call; what is not given stays as it would be. */
export interface Interception {
  /** HTTP status of the replaced answer, default 200. */
  status?: number;
  /** Headers of the replaced answer. */
  headers?: Record<string, string>;
  /** Instead of the API's answer, as it is: it may be broken JSON or HTML. The call then has no effect. */
  body?: string;
  /** Time to wait before the call takes effect and is answered, beside the latency. */
  delayMs?: number;
  /** Close the connection instead of answering. The call then has no effect. */
  destroySocket?: boolean;
  /** Let the call have its effect although its answer is replaced or lost. */
  performFirst?: boolean;
}

/** undefined and 'default' leave the call alone. */
export type Intercept = (
  call: InterceptedCall,
) => Interception | 'default' | undefined | Promise<Interception | 'default' | undefined>;

/** Asks the `intercept` option about calls, and counts their attempts for it. */
export class Interceptor {
  readonly #intercept: Intercept;
  readonly #attempts = new Map<string, number>();

  constructor(intercept: Intercept) {
    this.#intercept = intercept;
  }

  async decide(call: Omit<InterceptedCall, 'attemptIndex'>, bodyText: string): Promise<Interception> {
    const key = `${call.sdkAppId} ${call.api} ${bodyText}`;
    const attemptIndex = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attemptIndex + 1);
    const decision = await this.#intercept({ ...call, attemptIndex });
    return decision === undefined || decision === 'default' ? {} : decision;
  }
}

export function replacesAnswer({ status, headers, body, destroySocket }: Interception): boolean {
  return destroySocket === true || status !== undefined || headers !== undefined || body !== undefined;
}
