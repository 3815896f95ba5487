import { describe, expect, it } from '@jest/globals';
import { chooseApp, namedApp } from '../../cli/chooseApp.ts';
import { CommandError } from '../../cli/exit.ts';
import { ConfigError } from '../../shared/config.ts';

const VARIABLE = { TENCENT_CHAT_SDK_APP_ID: '7' };

describe('the app to work on', () => {
  it('is named by the option before the variable, and by nothing where neither is set', () => {
    expect(namedApp(VARIABLE, 5)).toEqual({ sdkAppId: 5, by: '--app' });
    expect(namedApp(VARIABLE)).toEqual({ sdkAppId: 7, by: 'TENCENT_CHAT_SDK_APP_ID' });
    expect(namedApp({ TENCENT_CHAT_SDK_APP_ID: ' ' })).toBeUndefined();
    expect(() => namedApp({ TENCENT_CHAT_SDK_APP_ID: 'x' })).toThrow(ConfigError);
  });

  it('is the named one, or the only one', () => {
    expect(chooseApp(namedApp(VARIABLE), [5, 7], 'here')).toBe(7);
    expect(chooseApp(undefined, [5], 'here')).toBe(5);
  });

  it('of several has to be named, and must be one of them', () => {
    expect(() => chooseApp(undefined, [5, 7], 'here')).toThrow(
      new CommandError(
        'several apps are mirrored here; choose one with --app (or TENCENT_CHAT_SDK_APP_ID): 5, 7',
      ),
    );
    expect(() => chooseApp(namedApp({}, 6), [5, 7], 'here')).toThrow(
      new CommandError('the app 6 (--app) is not mirrored here; 5, 7 are'),
    );
    expect(() => chooseApp(namedApp(VARIABLE), [5], 'by the stack prod')).toThrow(
      new CommandError('the app 7 (TENCENT_CHAT_SDK_APP_ID) is not mirrored by the stack prod; 5 is'),
    );
  });
});
