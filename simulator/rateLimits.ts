import type { ApiName } from './apis/index.ts';
import { type RateCode, Refusal } from './errors.ts';
import { RateWindow } from './rateWindow.ts';

export interface RateOptions {
  listPerSecond: number;
  topicPerSecond: number;
  code: RateCode;
}

/** Calls a second that an API admits. */
export function limitOf({ listPerSecond, topicPerSecond }: RateOptions, api: ApiName): number {
  return api === 'get_appid_group_list' ? listPerSecond : topicPerSecond;
}

/** A window for each API of each app. That limits are per app is an inference: no page states their scope. */
export class RateLimits {
  readonly #options: RateOptions;
  readonly #windows = new Map<string, RateWindow>();

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** @param at milliseconds, monotonic. @throws Refusal 10006 or the code chosen instead */
  admit(sdkAppId: number, api: ApiName, at: number): void {
    const key = `${sdkAppId} ${api}`;
    const window = this.#windows.get(key) ?? new RateWindow(limitOf(this.#options, api));
    this.#windows.set(key, window);
    if (!window.admits(at)) throw new Refusal(this.#options.code);
  }
}
