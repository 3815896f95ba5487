import * as v from 'valibot';
import { type Service, services } from './apis/index.ts';
import { type RateCode, rateCodes } from './errors.ts';
import { type FaultOptions, faultOptions } from './faults/options.ts';
import type { Intercept } from './intercept.ts';

/** The default app's secret key: fake, and meant to look it. */
export const DEFAULT_SECRET_KEY = 'fa4e0000fa4e0000fa4e0000fa4e0000fa4e0000fa4e0000fa4e0000fa4e0000';
const DEFAULT_SDK_APP_ID = 1_400_000_000;
const MEBIBYTE = 1_048_576;

/** One app on the simulated server. */
export interface AppOptions {
  sdkAppId: number;
  secretKey: string;
  /** The admin account, default `administrator`. */
  identifier?: string;
  /** The same seed gives the same initial app, byte for byte. */
  seed?: number;
  /** Default 500. */
  communities?: number;
  /** Mean, default 12; single communities have 0 to 200. */
  topicsPerCommunity?: number;
}

export interface SimulatorOptions extends Partial<AppOptions> {
  /** Further apps on the same server, each with its own state and rate windows. Their seed defaults to seed + 1, + 2, … */
  otherApps?: AppOptions[];
  rateLimits?: {
    /** Calls of get_appid_group_list in any rolling second, per app. Default 1; Infinity switches off. */
    listPerSecond?: number;
    /** Calls of each topic API in any rolling second, per app. Default 200; Infinity switches off. */
    topicPerSecond?: number;
    /** What a call too many is answered. Default 10006. */
    code?: RateCode;
  };
  /**
   * Where an app's owner is told that an API is called too often, by a POST as Tencent's webhooks are; the stats count it
   * all the same. Default: nowhere.
   */
  callbackUrl?: string;
  /** Time between arrival and answer, lognormal with this median in ms (sigma default 0.5). Default: none. */
  latency?: { medianMs: number; sigma?: number };
  /**
   * The way to the server, which comes before a call is judged, counted and answered: lognormal with this median in ms
   * (default 0; sigma default 0.3), and the share of the calls that are held up for 50 to 600 ms on it (default 0).
   */
  network?: { medianMs?: number; sigma?: number; stalls?: number };
  /** Whether some communities and topics are peculiar (README.md lists how). Default true. */
  quirks?: boolean;
  /** A longer answer becomes 10018. Default 1 MiB. */
  answerLimitBytes?: number;
  /** Which paths import_topic is served on. Default both; the other answers 10003. */
  importTopicServices?: Service[];
  /** Clock in ms since 1970, for CreateTime, LastMsgTime and the expiry of UserSigs (not for rate windows). */
  now?: () => number;
  /** Misbehaviour of the server by chance, for every app of it. Default: none. */
  faults?: FaultOptions;
  /** Called for each call that passed authentication and the rate window, to answer it in another way. */
  intercept?: Intercept;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const perSecond = v.union([positive, v.literal(Infinity)], 'must be a positive integer or Infinity');
const callback = <Type>() => v.custom<Type>((value) => typeof value === 'function', 'must be a function');

const appEntries = {
  sdkAppId: positive,
  secretKey: v.pipe(v.string(), v.nonEmpty()),
  identifier: v.optional(v.pipe(v.string(), v.nonEmpty()), 'administrator'),
  seed: v.optional(v.pipe(v.number(), v.safeInteger())),
  communities: v.optional(v.pipe(count, v.maxValue(1_000_000)), 500),
  topicsPerCommunity: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(200)), 12),
};

const optionsSchema = v.strictObject({
  ...appEntries,
  sdkAppId: v.optional(positive, DEFAULT_SDK_APP_ID),
  secretKey: v.optional(v.pipe(v.string(), v.nonEmpty()), DEFAULT_SECRET_KEY),
  seed: v.optional(v.pipe(v.number(), v.safeInteger()), 1),
  otherApps: v.optional(v.array(v.strictObject(appEntries)), []),
  rateLimits: v.optional(
    v.strictObject({
      listPerSecond: v.optional(perSecond, 1),
      topicPerSecond: v.optional(perSecond, 200),
      code: v.optional(v.picklist(rateCodes), 10006),
    }),
    {},
  ),
  callbackUrl: v.optional(v.pipe(v.string(), v.url('must be a URL'))),
  latency: v.optional(
    v.strictObject({
      medianMs: v.pipe(v.number(), v.minValue(0)),
      sigma: v.optional(v.pipe(v.number(), v.minValue(0)), 0.5),
    }),
  ),
  network: v.optional(
    v.strictObject({
      medianMs: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
      sigma: v.optional(v.pipe(v.number(), v.minValue(0)), 0.3),
      stalls: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
    }),
  ),
  quirks: v.optional(v.boolean(), true),
  answerLimitBytes: v.optional(positive, MEBIBYTE),
  importTopicServices: v.optional(v.array(v.picklist(services)), [...services]),
  now: v.optional(callback<() => number>(), () => Date.now),
  faults: v.optional(faultOptions),
  intercept: v.optional(callback<Intercept>()),
});

export type ResolvedOptions = Omit<v.InferOutput<typeof optionsSchema>, 'otherApps'> & {
  /** All apps, the default one first. */
  apps: Required<AppOptions>[];
};

/** Fills in defaults. @throws RangeError that names the wrong option */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const result = v.safeParse(optionsSchema, options);
  if (!result.success) {
    const [issue] = result.issues;
    throw new RangeError(`simulator option ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { otherApps, ...resolved } = result.output;
  const { sdkAppId, secretKey, identifier, seed, communities, topicsPerCommunity } = resolved;
  const first = { sdkAppId, secretKey, identifier, seed, communities, topicsPerCommunity };
  const others = otherApps.map((app, index) => ({ ...app, seed: app.seed ?? seed + index + 1 }));
  const apps = [first, ...others];
  if (new Set(apps.map((app) => app.sdkAppId)).size < apps.length) {
    throw new RangeError('simulator option otherApps: two apps have the same sdkAppId');
  }
  return { ...resolved, apps };
}
