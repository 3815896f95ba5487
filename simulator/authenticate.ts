import type { AppState } from './app/state.ts';
import { Refusal } from './errors.ts';
import { verifyUserSig } from './userSig.ts';

const MAX_UINT32 = 2 ** 32 - 1;

/**
 * The app a URL is for. Parameter names are case-sensitive.
 * @throws Refusal 60012 (no sdkappid), 60006 (no such app)
 */
export function appOf(query: URLSearchParams, apps: ReadonlyMap<number, AppState>): AppState {
  const text = query.get('sdkappid');
  if (!text) throw new Refusal(60012);
  const app = /^\d+$/.test(text) ? apps.get(Number(text)) : undefined;
  if (!app) throw new Refusal(60006, text);
  return app;
}

/**
 * Checks the rest of a call's URL (https://trtc.io/document/34620: five parameters, identifier an app admin,
 * random from 0 to 4294967295, contenttype always json).
 * @throws Refusal 60025, 60002, 70001–70014 or 60010
 */
export function authenticate(query: URLSearchParams, app: AppState, apps: Iterable<AppState>): void {
  const identifier = query.get('identifier');
  const userSig = query.get('usersig');
  if (!identifier) throw new Refusal(60025, 'identifier is missing');
  if (!userSig) throw new Refusal(60025, 'usersig is missing');
  if (query.get('contenttype') !== 'json') throw new Refusal(60025, 'contenttype must be json');
  if (!isUint32(query.get('random'))) throw new Refusal(60002, 'random must be a 32-bit unsigned integer');
  const { sdkAppId, secretKey } = app;
  const otherKeys = [...apps].filter((other) => other !== app).map((other) => other.secretKey);
  verifyUserSig(userSig, { sdkAppId, identifier, secretKey, otherKeys, now: app.nowSeconds() });
  if (identifier !== app.identifier) throw new Refusal(60010);
}

function isUint32(text: string | null): boolean {
  return text !== null && /^\d{1,10}$/.test(text) && Number(text) <= MAX_UINT32;
}
