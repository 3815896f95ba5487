import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ConfigError,
  ENV,
  type Environment,
  readAppConfig,
  readCallsPerSecond,
  readGuard,
  readQueues,
  readSdkAppId,
  readSecretKey,
  readTable,
} from '../../shared/config.ts';

const minimal: Environment = { TENCENT_CHAT_SDK_APP_ID: '1400000000' };

/** What reading throws; a test that expects an error and gets none fails here. */
function errorOf(read: () => unknown): Error {
  try {
    read();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('the limits of what a run may delete', () => {
  it('are 500 topics and 15 % unless the environment says otherwise', () => {
    expect(readGuard({})).toEqual({ maxDeletions: 500, maxDeletionRatio: 0.15 });
    expect(readGuard({ TOPIC_MIRROR_MAX_DELETIONS: '0', TOPIC_MIRROR_MAX_DELETION_RATIO: ' .5 ' })).toEqual({
      maxDeletions: 0,
      maxDeletionRatio: 0.5,
    });
  });

  it.each([
    ['TOPIC_MIRROR_MAX_DELETIONS', '-1', /^TOPIC_MIRROR_MAX_DELETIONS is "-1"; it must be a whole number/],
    ['TOPIC_MIRROR_MAX_DELETIONS', '5e2', /whole number, 0 or more$/],
    ['TOPIC_MIRROR_MAX_DELETION_RATIO', '1.01', /it must be a number from 0 to 1$/],
    ['TOPIC_MIRROR_MAX_DELETION_RATIO', '15%', /^TOPIC_MIRROR_MAX_DELETION_RATIO is "15%"/],
  ])('are refused when %s is %s', (name, value, message) => {
    const error = errorOf(() => readGuard({ [name]: value }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
  });
});

describe('the settings of an app', () => {
  it('need no more than the SDKAppID', () => {
    expect(readAppConfig(minimal)).toEqual({
      sdkAppId: 1_400_000_000,
      identifier: 'administrator',
      fromAccount: 'administrator',
      callsPerSecond: 155,
      callers: 11,
      activityDays: 400,
      counters: [],
    });
  });

  it('are read from the environment', () => {
    const env = {
      ...minimal,
      TENCENT_CHAT_IDENTIFIER: 'admin',
      TENCENT_CHAT_FROM_ACCOUNT: 'reader',
      TOPIC_MIRROR_CALLS_PER_SECOND: '50',
      TOPIC_MIRROR_CALLERS: '5',
      TOPIC_MIRROR_ACTIVITY_DAYS: '0',
      TOPIC_MIRROR_COUNTERS: 'HotScore, ViewCount',
    };
    expect(readAppConfig(env)).toEqual({
      sdkAppId: 1_400_000_000,
      identifier: 'admin',
      fromAccount: 'reader',
      callsPerSecond: 50,
      callers: 5,
      activityDays: 0,
      counters: ['HotScore', 'ViewCount'],
    });
  });

  it('ask for topics as the account that signs, unless another is named', () => {
    expect(readAppConfig({ ...minimal, TENCENT_CHAT_IDENTIFIER: 'admin' }).fromAccount).toBe('admin');
  });

  it('take an empty or blank variable for one that is not set', () => {
    const env = { ...minimal, TENCENT_CHAT_IDENTIFIER: '', TOPIC_MIRROR_CALLS_PER_SECOND: '  ' };
    expect(readAppConfig(env)).toEqual(readAppConfig(minimal));
  });

  it('may come near to the documented ceiling', () => {
    expect(readAppConfig({ ...minimal, TOPIC_MIRROR_CALLS_PER_SECOND: '195' }).callsPerSecond).toBe(195);
  });
});

/** Characters of every kind, those that break a line or move a terminal's cursor among them. */
const odd = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom('\n', '\r', '\u0085', '\u2028', '\u001b', '"'),
);

describe('a variable that is wrong or missing', () => {
  it.each<[string, () => unknown, string]>([
    [
      'SDKAppID',
      () => readSdkAppId({}),
      'TENCENT_CHAT_SDK_APP_ID is not set; set it to the SDKAppID of the app to mirror, an integer such as 1400000000',
    ],
    [
      'SDKAppID',
      () => readSdkAppId({ TENCENT_CHAT_SDK_APP_ID: 'x' }),
      'TENCENT_CHAT_SDK_APP_ID is "x"; it must be an SDKAppID, a positive integer',
    ],
    [
      'rate',
      () => readAppConfig({ ...minimal, TOPIC_MIRROR_CALLS_PER_SECOND: '196' }),
      'TOPIC_MIRROR_CALLS_PER_SECOND is "196"; it must be a whole number from 1 to 195',
    ],
    [
      'secret key',
      () => readSecretKey({ TENCENT_CHAT_SECRET_KEY: ' ' }),
      "TENCENT_CHAT_SECRET_KEY is not set; set it to the app's secret key from the Chat console",
    ],
    [
      'days of messages',
      () => readAppConfig({ ...minimal, TOPIC_MIRROR_ACTIVITY_DAYS: '1y' }),
      'TOPIC_MIRROR_ACTIVITY_DAYS is "1y"; it must be a whole number of days, 0 to keep none',
    ],
    [
      'counters',
      () => readAppConfig({ ...minimal, TOPIC_MIRROR_COUNTERS: 'HotScore;ViewCount' }),
      'TOPIC_MIRROR_COUNTERS is "HotScore;ViewCount"; it must be names of fields with commas between them, such as HotScore,ViewCount',
    ],
    ['table', () => readTable({}), 'TOPIC_MIRROR_TABLE is not set; set it to the name of the catalog table'],
    [
      'queue',
      () => readQueues({}),
      'TOPIC_MIRROR_COMMUNITIES_QUEUE_URL is not set; set it to the URL of the communities queue',
    ],
    [
      'queue',
      () => readQueues({ TOPIC_MIRROR_COMMUNITIES_QUEUE_URL: 'u' }),
      'TOPIC_MIRROR_CLOSING_QUEUE_URL is not set; set it to the URL of the closing queue',
    ],
  ])('is named, with what is allowed: %s', (_what, read, message) => {
    expect(errorOf(read)).toEqual(new ConfigError(message));
  });

  it.each(['0', '-1', '1.5', '1e9', '0x10', '01', '99999999999999999', '٣'])(
    'is refused: SDKAppID %j',
    (value) => {
      expect(errorOf(() => readSdkAppId({ TENCENT_CHAT_SDK_APP_ID: value }))).toBeInstanceOf(ConfigError);
    },
  );

  it.each(['0', '-1', '1.5', '196', '1e9', 'Infinity', 'NaN', 'fast', '5/s'])(
    'is refused: %j calls a second',
    (value) => {
      expect(
        errorOf(() => readAppConfig({ ...minimal, TOPIC_MIRROR_CALLS_PER_SECOND: value })),
      ).toBeInstanceOf(ConfigError);
    },
  );

  it.each(['-1', '1.5', '400d', '1e3', '100000'])('is refused: messages of %j days', (value) => {
    expect(errorOf(() => readAppConfig({ ...minimal, TOPIC_MIRROR_ACTIVITY_DAYS: value }))).toBeInstanceOf(
      ConfigError,
    );
  });

  it.each([',', 'HotScore,', 'extra.HotScore', 'Hot Score', 'x'.repeat(41)])(
    'is refused: counters %j',
    (value) => {
      expect(errorOf(() => readAppConfig({ ...minimal, TOPIC_MIRROR_COUNTERS: value }))).toBeInstanceOf(
        ConfigError,
      );
    },
  );

  it('is one line of bounded length, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: odd, minLength: 1, maxLength: 300 }), (text) => {
        const value = `x${text}`;
        const { message } = errorOf(() => readSdkAppId({ TENCENT_CHAT_SDK_APP_ID: value }));
        expect(message).toMatch(
          /^TENCENT_CHAT_SDK_APP_ID is ".*"; it must be an SDKAppID, a positive integer$/,
        );
        expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(message.length).toBeLessThan(500);
      }),
    );
  });
});

describe('the resources of a deployment', () => {
  it('are read from the environment', () => {
    const env = {
      TOPIC_MIRROR_TABLE: 't',
      TOPIC_MIRROR_COMMUNITIES_QUEUE_URL: 'a',
      TOPIC_MIRROR_CLOSING_QUEUE_URL: 'b',
    };
    expect(readTable(env)).toBe('t');
    expect(readQueues(env)).toEqual({ communitiesQueueUrl: 'a', closingQueueUrl: 'b' });
  });
});

describe('the variables', () => {
  it('have a name each', () => {
    const names = Object.values(ENV);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a secret key in the place of another setting', () => {
  const key = 'fa4e'.repeat(16);
  const readAppConfigWith = (env: Environment) => readAppConfig({ ...minimal, ...env });

  it.each([
    [ENV.sdkAppId, readSdkAppId],
    [ENV.callsPerSecond, readCallsPerSecond],
    [ENV.activityDays, readAppConfigWith],
    [ENV.counters, readAppConfigWith],
    [ENV.maxDeletions, readGuard],
    [ENV.maxDeletionRatio, readGuard],
  ])('is not repeated by the message about %s', (name, read) => {
    expect(() => read({ [name]: key })).toThrow(
      new RegExp(`^${name} is 64 characters that look like a secret key; it must be `),
    );
  });
});
