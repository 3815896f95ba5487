import { type ApiName, apis } from './apis/index.ts';
import type { RateOptions } from './rateLimits.ts';
import { limitOf } from './rateLimits.ts';
import { RollingCount } from './rateWindow.ts';
import type { StatsBook } from './stats.ts';

/** What Tencent posts when an API is called too often (https://www.tencentcloud.com/document/product/1047/60256). */
export interface OverLimitAlert {
  readonly CallbackCommand: 'Alert.RequestOverLimit';
  readonly ServiceName: string;
  readonly Command: ApiName;
  /** Calls a second. */
  readonly Request: number;
  readonly Limit: number;
}

/** Share of a limit above which the app's owner is told. Same source. */
const ALERT_SHARE = 0.8;

/** Over which time calls are counted is not published: over a second, or as long as ten calls of the limit take. */
const COUNTED_CALLS = 10;

const SECOND_MS = 1000;

/** Tells an app's owner when an API is called too often: counts it, and posts it to the app's callback URL. */
export class Alerts {
  readonly #options: RateOptions;
  readonly #callbackUrl: string | undefined;
  readonly #stats: StatsBook;
  readonly #counts = new Map<string, RollingCount>();
  readonly #toldAt = new Map<string, number>();

  constructor(options: RateOptions, callbackUrl: string | undefined, stats: StatsBook) {
    this.#options = options;
    this.#callbackUrl = callbackUrl;
    this.#stats = stats;
  }

  /** Counts a call, refused or not. @param at milliseconds, monotonic */
  arrived(sdkAppId: number, api: ApiName, at: number): void {
    const limit = limitOf(this.#options, api);
    if (limit === Number.POSITIVE_INFINITY) return;
    const windowMs = Math.max(SECOND_MS, (COUNTED_CALLS * SECOND_MS) / limit);
    const key = `${sdkAppId} ${api}`;
    const count = this.#counts.get(key) ?? new RollingCount(windowMs);
    this.#counts.set(key, count);
    const perSecond = (count.arrive(at) * SECOND_MS) / windowMs;
    // One alert tells of all the calls that it counts.
    if (perSecond <= ALERT_SHARE * limit || at - (this.#toldAt.get(key) ?? -windowMs) < windowMs) return;
    this.#toldAt.set(key, at);
    this.#stats.counter(sdkAppId, api).alerted();
    const [ServiceName = ''] = apis[api].services;
    const alert = { ServiceName, Command: api, Request: Math.ceil(perSecond), Limit: limit };
    void this.#post(sdkAppId, { CallbackCommand: 'Alert.RequestOverLimit', ...alert });
  }

  async #post(sdkAppId: number, alert: OverLimitAlert): Promise<void> {
    if (this.#callbackUrl === undefined) return;
    const query = { SdkAppid: `${sdkAppId}`, CallbackCommand: alert.CallbackCommand, contenttype: 'json' };
    const url = `${this.#callbackUrl}?${new URLSearchParams(query)}`;
    // Whether the app's backend hears it is its own affair.
    await fetch(url, { method: 'POST', body: JSON.stringify(alert) }).catch(() => undefined);
  }
}
