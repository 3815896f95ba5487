import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export interface UserSigRequest {
  sdkAppId: number;
  identifier: string;
  secretKey: string;
  /** Milliseconds since the epoch. */
  now: number;
  lifetimeSeconds: number;
}

/**
 * A UserSig of version 2 (TLSSigAPIv2): deflated JSON in Tencent's own base64, signed with HMAC-SHA256.
 * Source: https://github.com/tencentyun/tls-sig-api-v2-node
 */
export function createUserSig({
  sdkAppId,
  identifier,
  secretKey,
  now,
  lifetimeSeconds,
}: UserSigRequest): string {
  const time = Math.floor(now / 1000);
  const signed = [
    `TLS.identifier:${identifier}`,
    `TLS.sdkappid:${sdkAppId}`,
    `TLS.time:${time}`,
    `TLS.expire:${lifetimeSeconds}`,
  ];
  const text = JSON.stringify({
    'TLS.ver': '2.0',
    'TLS.identifier': identifier,
    'TLS.sdkappid': sdkAppId,
    'TLS.expire': lifetimeSeconds,
    'TLS.time': time,
    'TLS.sig': createHmac('sha256', secretKey)
      .update(`${signed.join('\n')}\n`)
      .digest('base64'),
  });
  return tencentBase64(deflateSync(text));
}

/** Not RFC 4648's URL alphabet: here `-` stands for `/`, `*` for `+` and `_` for `=`. */
function tencentBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}

export interface UserSigCacheOptions {
  sdkAppId: number;
  identifier: string;
  secretKey: (refresh: boolean) => Promise<string>;
  /** Milliseconds since the epoch. */
  now: () => number;
  lifetimeSeconds?: number;
  renewSeconds?: number;
}

export interface UserSigCache {
  current(): Promise<string>;
  /** A signature made with a freshly read secret, unless another call has replaced `rejected` already. */
  replace(rejected: string): Promise<string>;
}

/** Tencent recommends 24 hours or more (https://trtc.io/document/34348, code 70001); a night's run needs no more. */
const lifetimeDefault = 24 * 60 * 60;
/** Longer than any call with all its retries, so that no signature expires on its way. */
const renewDefault = 10 * 60;

/** One UserSig for many calls: Tencent allows reuse until it expires, and signing needs the secret each time. */
export function createUserSigCache({
  secretKey,
  now,
  lifetimeSeconds = lifetimeDefault,
  renewSeconds = renewDefault,
  ...account
}: UserSigCacheOptions): UserSigCache {
  let held: { userSig: Promise<string>; renewAt: number; made?: string } | undefined;

  function renew(refresh: boolean): Promise<string> {
    const signedAt = now();
    const userSig = secretKey(refresh).then((key) =>
      createUserSig({ ...account, secretKey: key, now: signedAt, lifetimeSeconds }),
    );
    const mine: NonNullable<typeof held> = {
      userSig,
      renewAt: signedAt + (lifetimeSeconds - renewSeconds) * 1000,
    };
    held = mine;
    userSig.then(
      (made) => {
        mine.made = made;
      },
      () => {
        // A secret that could not be read must not be remembered as the answer.
        if (held === mine) held = undefined;
      },
    );
    return userSig;
  }

  const current = () => (held && now() < held.renewAt ? held.userSig : renew(false));
  // Of many calls refused with one signature, the first reads the secret and the others take what it got.
  const replace = (rejected: string) => (held && held.made !== rejected ? current() : renew(true));
  return { current, replace };
}
