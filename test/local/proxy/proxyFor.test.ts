import { describe, expect, it } from '@jest/globals';
import { proxyFor } from '../../../local/proxy/proxyFor.ts';

const tencent = 'https://adminapisgp.im.qcloud.com/v4/x';

/** What a message calls the proxy of a URL; undefined when it is called directly. */
const nameFor = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.name;

describe('the proxy of a URL', () => {
  it.each([
    ['https', tencent, { HTTPS_PROXY: 'http://p:3128' }, 'p:3128 (HTTPS_PROXY)'],
    ['http', 'http://dynamo.corp:8000', { HTTP_PROXY: 'http://p:3128' }, 'p:3128 (HTTP_PROXY)'],
    ['https, in lower case', tencent, { https_proxy: 'http://p:3128' }, 'p:3128 (https_proxy)'],
    ['all protocols', tencent, { ALL_PROXY: 'http://p:3128' }, 'p:3128 (ALL_PROXY)'],
  ])('is that of %s', (_what, url, env, name) => {
    expect(nameFor(url, env)).toBe(name);
  });

  it.each([
    ['lower case', { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'a:1 (https_proxy)'],
    [
      'upper case where lower case is empty',
      { https_proxy: '', HTTPS_PROXY: 'http://b:2' },
      'b:2 (HTTPS_PROXY)',
    ],
    ['its protocol', { all_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'b:2 (HTTPS_PROXY)'],
  ])('is rather that of %s', (_what, env, name) => {
    expect(nameFor(tencent, env)).toBe(name);
  });

  it.each([
    ['p:3128', 'http://p:3128/', 'p:3128'],
    ['p', 'http://p:1080/', 'p:1080'],
    ['http://p', 'http://p:1080/', 'p:1080'],
    ['http://p:80', 'http://p/', 'p:80'],
    ['https://p', 'https://p/', 'p:443'],
    ['https://p:8443/', 'https://p:8443/', 'p:8443'],
    ['http://[::1]:3128', 'http://[::1]:3128/', '[::1]:3128'],
    ['http://me:p%40ss@p:3128', 'http://me:p%40ss@p:3128/', 'p:3128'],
  ])('may be written %s', (value, url, name) => {
    expect(proxyFor(new URL(tencent), { HTTPS_PROXY: value })).toEqual({
      url,
      name: `${name} (HTTPS_PROXY)`,
    });
  });

  it.each([
    ['socks5://me:hunter2@p:1080', 'names a proxy of the kind socks5'],
    ['http://', 'is not the address of a proxy'],
    ['http://me:hunter2@', 'is not the address of a proxy'],
  ])('may not be %s, which is said without the value', (value, says) => {
    const choose = () => nameFor(tencent, { HTTPS_PROXY: value });
    expect(choose).toThrow(`HTTPS_PROXY ${says}; allowed: http://host:port or https://host:port`);
    expect(choose).not.toThrow(/hunter2/);
  });

  it.each(['http://127.0.0.1:8000', 'http://localhost:8000', 'http://[::1]:8000', 'https://127.9.9.9'])(
    'is none for %s, which is this machine',
    (url) => {
      const env = { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'socks5://p:1' };
      expect(nameFor(url, env)).toBeUndefined();
    },
  );

  it('is none without a variable, and a socks proxy that nothing needs is nobody’s trouble', () => {
    expect(nameFor(tencent, {})).toBeUndefined();
    expect(nameFor(tencent, { HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'socks5://s:1' })).toBe(
      'p:1 (HTTPS_PROXY)',
    );
  });
});
