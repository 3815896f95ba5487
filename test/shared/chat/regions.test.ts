import { describe, expect, it } from '@jest/globals';
import { addressOf, regions } from '../../../shared/chat/index.ts';

const messageOf = (setting: Parameters<typeof addressOf>[0]) => {
  try {
    return `no error, but ${addressOf(setting).endpoint}`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the endpoint', () => {
  it.each([
    ['china', 'https://console.tim.qq.com', 'https://adminapi.my-imcloud.com'],
    ['singapore', 'https://adminapisgp.im.qcloud.com', 'https://adminapisgp.my-imcloud.com'],
    ['seoul', 'https://adminapikr.im.qcloud.com', 'https://adminapikr.my-imcloud.com'],
    ['tokyo', 'https://adminapijpn.im.qcloud.com', 'https://adminapijpn.my-imcloud.com'],
    ['frankfurt', 'https://adminapiger.im.qcloud.com', 'https://adminapiger.my-imcloud.com'],
    ['silicon-valley', 'https://adminapiusa.im.qcloud.com', 'https://adminapiusa.my-imcloud.com'],
    ['jakarta', 'https://adminapiidn.im.qcloud.com', 'https://adminapiidn.my-imcloud.com'],
    ['riyadh', 'https://adminapiksa.im.qcloud.com', 'https://adminapiksa.my-imcloud.com'],
  ])('of %s is the documented one, and so is its backup', (region, endpoint, backup) => {
    expect(addressOf({ region })).toEqual({ endpoint, backup });
    expect(Object.keys(regions)).toHaveLength(8);
  });

  it('is of one region alone, as its backup is', () => {
    const hosts = Object.values(regions).flatMap(({ url, backup }) => [url, backup]);
    expect(new Set(hosts).size).toBe(16);
  });

  it.each([
    ['https://chat.example', 'https://chat.example'],
    ['https://chat.example:8443/', 'https://chat.example:8443'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://[::1]:8080/', 'http://[::1]:8080'],
  ])('may be overridden by %s, which has no backup', (endpoint, url) => {
    expect(addressOf({ region: 'china', endpoint })).toEqual({ endpoint: url });
  });

  it.each([
    ['http://chat.example', 'plain http'],
    ['http://127.0.0.1.example.com', 'plain http'],
    ['http://localhost.example.com', 'plain http'],
    ['http://0.0.0.0:80', 'plain http'],
    ['http://[::ffff:10.0.0.1]', 'plain http'],
    ['https://user:hunter2@chat.example', 'user name'],
    ['http://127.0.0.1@chat.example', 'plain http'],
    ['https://chat.example/v4', 'path'],
    ['https://chat.example/?', 'path or query'],
    ['https://chat.example/?a=hunter2', 'path or query'],
    ['https://chat.example/#x', 'path or query'],
    ['ftp://chat.example', 'neither'],
    ['chat.example', 'is not a URL'],
  ])('may not be %s', (endpoint, problem) => {
    const message = messageOf({ endpoint });
    expect(message).toMatch(/^TENCENT_CHAT_ENDPOINT .*; allowed: https:[^\n]*$/);
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    [{}, 'TENCENT_CHAT_REGION is not set'],
    [{ region: '', endpoint: '' }, 'TENCENT_CHAT_REGION is not set'],
    [{ region: 'mars' }, 'TENCENT_CHAT_REGION is "mars"'],
    [{ region: 'toString' }, 'TENCENT_CHAT_REGION is "toString"'],
  ])('has no default: %j says what to set', (setting, problem) => {
    expect(messageOf(setting)).toBe(
      `${problem}; allowed: china, singapore, seoul, tokyo, frankfurt, silicon-valley, jakarta, riyadh`,
    );
  });
});
