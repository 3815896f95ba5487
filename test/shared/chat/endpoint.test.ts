import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedEndpoint } from '../../../shared/chat/index.ts';

/** Addresses of this machine (RFC 1122, RFC 4291), by another implementation than the product's. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isThisMachine(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  return family === 0 ? host === 'localhost' : loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function accepted(endpoint: string): string | undefined {
  try {
    return checkedEndpoint(endpoint);
  } catch {
    return undefined;
  }
}

describe('a plain http endpoint', () => {
  it.each([
    ['http://LOCALHOST:8080', 'http://localhost:8080'],
    ['HTTP://LocalHost', 'http://localhost'],
    ['http://127.1:9', 'http://127.0.0.1:9'],
    ['http://2130706433', 'http://127.0.0.1'],
    ['http://0x7f.0.0.1', 'http://127.0.0.1'],
    ['http://127.0.0.1.', 'http://127.0.0.1'],
    ['http://127.255.255.254', 'http://127.255.255.254'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
    ['http://[0::0.0.0.1]', 'http://[::1]'],
    ['http://ｌocalhost', 'http://localhost'],
    ['http://loc%61lhost', 'http://localhost'],
  ])('%s is this machine, as %s', (endpoint, url) => {
    expect(accepted(endpoint)).toBe(url);
  });

  it.each([
    'http://localhost.evil.com',
    'http://localhost.',
    'http://127.0.0.1@evil.com',
    'http://localhost:80@evil.com',
    'http://localhost%2eevil.com',
    'http://evil.com#@localhost',
    'http://evil.com\\@localhost',
    'http://evil.com/@localhost',
    'http://evil.com?@127.0.0.1',
    'http://127.0.0.1.nip.io',
    'http://localhost。evil.com',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://[::]',
    'http://[::2]',
    'http://[::ffff:127.0.0.1]',
    'http://[fe80::1]',
    'http://ip6-localhost',
    'http://localhost.localdomain',
    'http://metadata',
    'http:evil.com',
    '//evil.com',
    'ws://localhost',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('%s is refused: it is not, or not surely, this machine', (endpoint) => {
    expect(accepted(endpoint)).toBeUndefined();
  });
});

describe('whatever an endpoint is made of', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'localhost',
      'LOCALHOST',
      '127.0.0.1',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '[::]',
    ),
    fc.constantFrom(
      'evil.com',
      '.',
      '@',
      ':',
      '/',
      '\\',
      '#',
      '?',
      '%2e',
      '%40',
      '%00',
      ' ',
      '\t',
      '。',
      ':80',
      ':443',
    ),
    fc.domain(),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.string({ maxLength: 3 }),
  );
  const endpoint = fc
    .tuple(
      fc.constantFrom('http://', 'https://', 'HTTP://', 'http:', 'ftp://', ''),
      fc.array(part, { maxLength: 5 }),
    )
    .map(([scheme, parts]) => scheme + parts.join(''));

  it('it is refused, or is https, or is this machine; and it is a bare origin', () => {
    let taken = 0;
    fc.assert(
      fc.property(endpoint, (text) => {
        const url = accepted(text);
        if (url === undefined || text === '') return;
        taken += 1;
        const { protocol, hostname, origin, username, password } = new URL(url);
        expect([url, username, password]).toEqual([origin, '', '']);
        expect(protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname))).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
