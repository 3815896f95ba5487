import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SECRET_KEY } from '../../simulator/index.ts';
import { verifyUserSig } from '../../simulator/userSig.ts';
import { GET, LIST, type Running, sign, start } from './support.ts';

const APP = 1_400_000_000;
const OTHER = { sdkAppId: 1_400_000_001, secretKey: 'b'.repeat(64), communities: 3 };

/** The error code of a list call with a changed URL. */
async function codeOf(server: Running, query: Record<string, string | undefined>): Promise<number> {
  return (await server.call(LIST, {}, query)).ErrorCode;
}

describe('a call of the simulated API', () => {
  it('is accepted with a UserSig of the official package', async () => {
    const server = await start();
    expect(await server.call(LIST, {})).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 });
  });

  it.each([
    ['no sdkappid', { sdkappid: undefined }, 60012],
    ['an sdkappid no app has', { sdkappid: '1400009999' }, 60006],
    ['an sdkappid that is not a number', { sdkappid: '0x1' }, 60006],
    ['the sdkappid under another spelling', { sdkappid: undefined, SdkAppid: String(APP) }, 60012],
    ['no identifier', { identifier: undefined }, 60025],
    ['no usersig', { usersig: undefined }, 60025],
    ['another contenttype', { contenttype: 'xml' }, 60025],
    ['no contenttype', { contenttype: undefined }, 60025],
    ['no random', { random: undefined }, 60002],
    ['a random above 32 bits', { random: '4294967296' }, 60002],
    ['a negative random', { random: '-1' }, 60002],
    ['a usersig that is not base64', { usersig: '!!!' }, 70003],
    ['a usersig that is not zlib', { usersig: Buffer.from('{}').toString('base64') }, 70003],
    ['a usersig without a ticket in it', { usersig: deflateSync('{"a":1}').toString('base64') }, 70003],
    ['a usersig that is not JSON', { usersig: deflateSync('hello').toString('base64') }, 70003],
    ['an expired usersig', { usersig: sign(APP, DEFAULT_SECRET_KEY, 'administrator', -5) }, 70001],
    ['the usersig of somebody else', { usersig: sign(APP, DEFAULT_SECRET_KEY, 'alice') }, 70013],
    ['a usersig for another app', { usersig: sign(APP + 1, DEFAULT_SECRET_KEY, 'administrator') }, 70014],
    ['a usersig made with an unknown key', { usersig: sign(APP, 'c'.repeat(64), 'administrator') }, 70003],
    [
      "a usersig made with another app's key",
      { usersig: sign(APP, OTHER.secretKey, 'administrator') },
      70009,
    ],
    [
      'a right usersig of somebody who is not the admin',
      { identifier: 'alice', usersig: sign(APP, DEFAULT_SECRET_KEY, 'alice') },
      60010,
    ],
  ])('with %s is refused', async (_what, query, code) => {
    expect(await codeOf(await start({ otherApps: [OTHER] }), query)).toBe(code);
  });

  it.each([
    ['an empty body', '', 60002],
    ['broken JSON', '{"Limit":', 60003],
    ['an array', '[]', 60003],
    ['null', 'null', 60003],
  ])('with %s is refused', async (_what, body, code) => {
    expect((await (await start()).call(LIST, body)).ErrorCode).toBe(code);
  });

  it('fails with HTTP 200 and exactly three fields', async () => {
    const server = await start();
    const body = await server.text(GET, { GroupId: '@TGS#_none', From_Account: 'someone' });
    expect(JSON.parse(body)).toEqual({
      ActionStatus: 'FAIL',
      ErrorCode: 10010,
      ErrorInfo: expect.any(String),
    });
    expect(Object.keys(JSON.parse(body))).toEqual(['ActionStatus', 'ErrorCode', 'ErrorInfo']);
  });

  it('must be a POST', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v4/${LIST}?sdkappid=${APP}`);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ ErrorCode: 60002 }),
    ]);
  });

  it('to an unknown command is 10003, to an unknown service 60009, and elsewhere HTTP 404', async () => {
    const server = await start();
    expect((await server.call('group_open_http_svc/get_topic', {})).ErrorCode).toBe(10003);
    expect((await server.call('group_open_http_svc/toString', {})).ErrorCode).toBe(10003);
    expect((await server.call('openim/sendmsg', {})).ErrorCode).toBe(60009);
    expect((await fetch(`${server.url}/v5`, { method: 'POST' })).status).toBe(404);
  });

  it('expires by the clock of the simulator', async () => {
    const { simulator, call } = await start({ now: () => Date.now() + 3_700_000 });
    expect((await call(LIST, {})).ErrorCode).toBe(70001);
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list.codes).toEqual({ 70001: 1 });
  });
});

describe('verifyUserSig', () => {
  it('agrees with a signature computed elsewhere', () => {
    const ticket = {
      'TLS.ver': '2.0',
      'TLS.identifier': 'xiaojun',
      'TLS.sdkappid': APP,
      'TLS.time': 1_700_000_000,
      'TLS.expire': 15_552_000,
      'TLS.sig': 'LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=',
    };
    const userSig = deflateSync(JSON.stringify(ticket))
      .toString('base64')
      .replaceAll('+', '*')
      .replaceAll('/', '-');
    const claim = {
      sdkAppId: APP,
      identifier: 'xiaojun',
      secretKey: '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e',
      otherKeys: [],
      now: 1_715_552_000,
    };
    expect(() => verifyUserSig(userSig.replaceAll('=', '_'), claim)).not.toThrow();
    expect(() => verifyUserSig(userSig, { ...claim, now: claim.now + 1 })).toThrow('70001');
    expect(() => verifyUserSig(userSig, { ...claim, secretKey: claim.secretKey.toUpperCase() })).toThrow(
      '70003',
    );
  });
});
