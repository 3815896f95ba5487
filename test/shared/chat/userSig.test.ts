import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createUserSig } from '../../../shared/chat/index.ts';
import { createUserSigCache } from '../../../shared/chat/userSig.ts';
import { secretKey } from './scriptedServer.ts';

/**
 * A UserSig of the official package, made by a Node of its own: jest's resolver does not find the package, whose
 * package.json names its keys twice.
 */
function officialUserSig(identifier: string, lifetimeSeconds: number): string {
  const script = `
    const { Api } = require('tls-sig-api-v2');
    process.stdout.write(new Api(1400000000, '${secretKey}').genUserSig('${identifier}', ${lifetimeSeconds}));`;
  return execFileSync(process.execPath, ['--input-type=commonjs', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
}

type Claims = { [name: string]: string | number };

/** Undoes the encoding the way Tencent's verifiers do. */
function decode(userSig: string): Claims {
  const base64 = userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  return JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString());
}

const hour = 60 * 60;
const now = 1_700_000_000_000;
const request = { sdkAppId: 1400000000, identifier: 'xiaojun', secretKey, now, lifetimeSeconds: 15552000 };

describe('a UserSig', () => {
  it('carries the signature of the known vector', () => {
    expect(decode(createUserSig(request))).toEqual({
      'TLS.ver': '2.0',
      'TLS.identifier': 'xiaojun',
      'TLS.sdkappid': 1400000000,
      'TLS.time': 1700000000,
      'TLS.expire': 15552000,
      'TLS.sig': 'LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=',
    });
  });

  it('says the same as one of the official package', () => {
    const theirs = decode(officialUserSig('administrator', 86400));
    const ours = decode(
      createUserSig({
        sdkAppId: 1400000000,
        identifier: 'administrator',
        secretKey,
        now: Number(theirs['TLS.time']) * 1000 + 999,
        lifetimeSeconds: 86400,
      }),
    );
    expect(ours).toEqual(theirs);
  });

  it('is signed over identifier, app, time and lifetime', () => {
    const claims = decode(createUserSig({ ...request, identifier: 'é "quoted"' }));
    const text = ['identifier', 'sdkappid', 'time', 'expire'].map(
      (name) => `TLS.${name}:${claims[`TLS.${name}`]}\n`,
    );
    expect(claims['TLS.sig']).toBe(createHmac('sha256', secretKey).update(text.join('')).digest('base64'));
  });

  it('uses only characters that a URL may hold as they are', () => {
    for (let second = 0; second < 200; second++) {
      const userSig = createUserSig({ ...request, now: now + second * 1000 });
      expect(userSig).toMatch(/^[A-Za-z0-9*_-]+$/);
      expect(encodeURIComponent(userSig)).toBe(userSig);
    }
  });
});

describe('the cache of a UserSig', () => {
  function cacheAt(start: number) {
    const state = { clock: start, reads: [] as boolean[] };
    const cache = createUserSigCache({
      sdkAppId: 1,
      identifier: 'a',
      now: () => state.clock,
      secretKey: async (refresh) => {
        state.reads.push(refresh);
        return `key ${state.reads.length}`;
      },
    });
    return { state, cache };
  }

  it('gives the same one until ten minutes before its 24 hours are over', async () => {
    const { state, cache } = cacheAt(now);
    const first = await cache.current();
    expect(decode(first)['TLS.expire']).toBe(24 * hour);
    state.clock = now + (24 * hour - 600) * 1000 - 1;
    expect(await cache.current()).toBe(first);
    state.clock += 1;
    expect(await cache.current()).not.toBe(first);
    expect(state.reads).toEqual([false, false]);
  });

  it('makes one for many who ask at once', async () => {
    const { state, cache } = cacheAt(now);
    await Promise.all([cache.current(), cache.current()]);
    expect(state.reads).toEqual([false]);
  });

  it('replaces a refused one with a fresh secret, for all who were refused', async () => {
    const { state, cache } = cacheAt(now);
    const refused = await cache.current();
    const [one, two] = await Promise.all([cache.replace(refused), cache.replace(refused)]);
    expect(one).toBe(two);
    expect(one).not.toBe(refused);
    expect(await cache.replace(refused)).toBe(one);
    expect(state.reads).toEqual([false, true]);
  });
});
