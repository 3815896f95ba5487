import { describe, expect, it } from '@jest/globals';
import { isExcluded } from '../../../local/proxy/excluded.ts';

// Each line was tried with curl 7.88, which agrees but for IPv6: it calls such addresses through the proxy all the same.
const CASES: readonly [noProxy: string, host: string, isExcluded: boolean][] = [
  ['*', 'dynamodb.eu-central-1.amazonaws.com', true],
  ['*,corp', 'amazonaws.com', false],
  ['amazonaws.com', 'amazonaws.com', true],
  ['amazonaws.com', 'sqs.eu-central-1.amazonaws.com', true],
  ['.amazonaws.com', 'sqs.eu-central-1.amazonaws.com', true],
  ['.amazonaws.com', 'amazonaws.com', true],
  ['AmazonAWS.com', 'sqs.amazonaws.COM', true],
  ['amazonaws.com.', 'sqs.amazonaws.com', true],
  ['amazonaws.com', 'sqs.amazonaws.com.', true],
  ['amazonaws.com', 'notamazonaws.com', false],
  ['*.amazonaws.com', 'sqs.amazonaws.com', false],
  ['sqs.amazonaws.com', 'amazonaws.com', false],
  ['a.example,amazonaws.com', 'sqs.amazonaws.com', true],
  ['a.example, amazonaws.com', 'sqs.amazonaws.com', true],
  ['a.example amazonaws.com', 'sqs.amazonaws.com', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['192.168.0.0/33', '192.168.0.1', false],
  ['2.3', '10.1.2.3', false],
  ['fd00::/8', '[fd12::1]', true],
  ['[fd12::1]', '[fd12::1]', true],
  ['fd00::/8', '[fe80::1]', false],
  ['10.0.0.0/8', 'ten.example', false],
];

describe('NO_PROXY', () => {
  it.each(CASES)('%s of %s: %s', (noProxy, host, expected) => {
    expect(isExcluded(host, { NO_PROXY: noProxy })).toBe(expected);
  });

  it('excludes nothing when it is not set, and in lower case wins', () => {
    expect(isExcluded('amazonaws.com', {})).toBe(false);
    expect(isExcluded('amazonaws.com', { no_proxy: 'corp', NO_PROXY: '*' })).toBe(false);
  });
});
