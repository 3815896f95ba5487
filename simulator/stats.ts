import { type ApiName, apiNames } from './apis/index.ts';
import { rateCodes } from './errors.ts';
import { RollingCount } from './rateWindow.ts';

export interface ApiStats {
  /** Every arrival, refused ones included. */
  calls: number;
  /** Answered with the rate code. */
  refused: number;
  /** Answered by `intercept`; they have no entry in `codes`. */
  intercepted: number;
  /** Calls that met a fault, by its kind; they have no entry in `codes`. */
  faults: Record<string, number>;
  /** Most arrivals in any rolling second, exactly. */
  peakPerSecond: number;
  /** How often the app's owner was told that it is called too often. */
  alerts: number;
  /** Answers by top-level ErrorCode. */
  codes: Record<string, number>;
}

export interface AppStats {
  sdkAppId: number;
  apis: Record<ApiName, ApiStats>;
}

export interface SimulatorStats {
  apps: AppStats[];
  /** Requests that named no app or API of this server. */
  unrouted: number;
}

/** Counts the calls of one API of one app. */
export class CallCounter {
  #calls = 0;
  #intercepted = 0;
  #peak = 0;
  #alerts = 0;
  readonly #perSecond = new RollingCount();
  readonly #codes = new Map<number, number>();
  readonly #faults = new Map<string, number>();

  /** @param at milliseconds, monotonic */
  arrived(at: number): void {
    this.#calls++;
    this.#peak = Math.max(this.#peak, this.#perSecond.arrive(at));
  }

  alerted(): void {
    this.#alerts++;
  }

  intercepted(): void {
    this.#intercepted++;
  }

  faulted(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  answered(code: number): void {
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
  }

  stats(): ApiStats {
    return {
      calls: this.#calls,
      refused: rateCodes.reduce<number>((sum, code) => sum + (this.#codes.get(code) ?? 0), 0),
      intercepted: this.#intercepted,
      faults: Object.fromEntries(this.#faults),
      peakPerSecond: this.#peak,
      alerts: this.#alerts,
      codes: Object.fromEntries(this.#codes),
    };
  }
}

/** The counters of all apps of a server. */
export class StatsBook {
  readonly #sdkAppIds: readonly number[];
  #counters = new Map<string, CallCounter>();
  #unrouted = 0;

  constructor(sdkAppIds: readonly number[]) {
    this.#sdkAppIds = sdkAppIds;
  }

  unrouted(): void {
    this.#unrouted++;
  }

  counter(sdkAppId: number, api: ApiName): CallCounter {
    const key = `${sdkAppId} ${api}`;
    const counter = this.#counters.get(key) ?? new CallCounter();
    this.#counters.set(key, counter);
    return counter;
  }

  stats(): SimulatorStats {
    return { apps: this.#sdkAppIds.map((sdkAppId) => this.#appStats(sdkAppId)), unrouted: this.#unrouted };
  }

  reset(): void {
    this.#counters = new Map();
    this.#unrouted = 0;
  }

  #appStats(sdkAppId: number): AppStats {
    const entries = apiNames.map((api) => [api, this.counter(sdkAppId, api).stats()] as const);
    return { sdkAppId, apis: Object.fromEntries(entries) as Record<ApiName, ApiStats> };
  }
}
