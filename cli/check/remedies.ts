import { isAuthenticationFailure } from '../../shared/chat/index.ts';
import { ENV } from '../../shared/config.ts';

/**
 * What to do about a code, by what is likely to be behind it. The meanings are the error table's
 * (shared/chat/errorTable.ts); a code that is not here has no remedy on this side.
 */
const REMEDIES: ReadonlyMap<number, string> = new Map([
  [10004, `Check ${ENV.fromAccount}: it must be an account of the app, as text.`],
  [
    10007,
    `Check ${ENV.identifier} and ${ENV.fromAccount}: both must be admins of the app. Or the group is not of a kind that has topics.`,
  ],
  [10026, 'Ask Tencent support to allow the command for this app.'],
  [10058, "Look at the plan's quotas in the Chat console."],
  [10059, 'Choose a plan with communities and topics in the Chat console.'],
  [
    11000,
    'Switch the community and topic features on in the Chat console; they need a plan that has them. Of a single community it may be that it was made without topics.',
  ],
  [60010, `Check ${ENV.identifier}: it must be an admin of the app (Chat console, account management).`],
  [60017, 'Ask Tencent support why the app may not be called.'],
  [
    60020,
    'Look at the plan and the bills in the Tencent Cloud console; a purchase takes effect after about five minutes.',
  ],
  [60021, 'Call from another address, or ask Tencent support to allow this one.'],
  [60026, `Check ${ENV.region}: the data of the app lie in another one.`],
  [60028, 'Wait a day, or leave the trial edition.'],
  [70016, `Check ${ENV.region} and ${ENV.sdkAppId}: the key of the app is not known there.`],
  [70020, `Check ${ENV.sdkAppId} and ${ENV.region}: no such app is known there.`],
  [70107, `Check ${ENV.fromAccount} and ${ENV.identifier}: the account has not been imported into the app.`],
]);

/** What a person can do about a code; undefined when it is nothing in these settings. */
export function remedyOf(code: number): string | undefined {
  const remedy = REMEDIES.get(code);
  if (remedy !== undefined || !isAuthenticationFailure(code)) return remedy;
  return `Check ${ENV.secretKey} and ${ENV.sdkAppId}, and the clock of this machine.`;
}
