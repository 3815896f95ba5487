import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  closingMessage,
  communityMessages,
  parseClosingMessage,
  parseCommunityMessage,
  UnreadableMessageError,
} from '../../shared/messages.ts';
import { ids } from '../arbitraries.ts';
import { APP, GROUP, RUN_ID } from '../builders.ts';

const community = { v: 1, sdkAppId: APP, runId: RUN_ID, groupId: GROUP, reason: 'listed' };
const closing = { v: 1, sdkAppId: APP, runId: RUN_ID, emptyLooks: 0 };

describe('messages', () => {
  it('that ask for communities are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(ids), fc.constantFrom('listed', 'unlisted', 'confirmed'), (groupIds, reason) => {
        const bodies = communityMessages({ sdkAppId: APP, runId: RUN_ID, reason }, groupIds);
        expect(bodies.map(parseCommunityMessage)).toEqual(
          groupIds.map((groupId) => ({ ...community, groupId, reason })),
        );
      }),
    );
  });

  it('that have deletions carried out say when the run was judged', () => {
    const judged = { runId: RUN_ID, reason: 'confirmed', judgedAt: RUN_ID } as const;
    const [body = ''] = communityMessages({ sdkAppId: APP, ...judged }, [GROUP]);
    expect(parseCommunityMessage(body)).toEqual({ ...community, ...judged });
  });

  it('that wake close-run are read as they were written', () => {
    const body = closingMessage({ sdkAppId: APP, runId: RUN_ID, emptyLooks: 2 });
    expect(parseClosingMessage(body)).toEqual({ ...closing, emptyLooks: 2 });
  });

  it('may carry fields of a later release of the same version', () => {
    expect(parseCommunityMessage(JSON.stringify({ ...community, later: true }))).toEqual(community);
  });
});

describe('a message that cannot be read', () => {
  it.each<[string, object, RegExp]>([
    ['of another version', { ...community, v: 2 }, /^v: /],
    ['without a version', { ...community, v: undefined }, /^v: /],
    ['without a community', { ...community, groupId: '' }, /^groupId: /],
    ['with a run that is no time', { ...community, runId: 'tonight' }, /^runId: /],
    ['with an unknown reason', { ...community, reason: 'because' }, /^reason: /],
    ['for an app whose id is text', { ...community, sdkAppId: '1400000000' }, /^sdkAppId: /],
    ['that is a list', [community], /^(message|v): /],
  ])('is refused, and what is wrong is named: %s', (_what, body, message) => {
    expect(() => parseCommunityMessage(JSON.stringify(body))).toThrow(UnreadableMessageError);
    expect(() => parseCommunityMessage(JSON.stringify(body))).toThrow(message);
  });

  it.each([-1, 0.5, '1', null])('is refused when it counts empty looks as %j', (emptyLooks) => {
    expect(() => parseClosingMessage(JSON.stringify({ ...closing, emptyLooks }))).toThrow(/^emptyLooks: /);
  });

  it.each(['', 'garbage', '{"v":1', 'undefined'])('is refused when it is not JSON: %j', (body) => {
    expect(() => parseCommunityMessage(body)).toThrow(new UnreadableMessageError('the message is not JSON'));
  });

  it('throws nothing but that it is unreadable, whatever it holds', () => {
    const damaged = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .tuple(fc.constantFrom(...Object.keys({ ...community, ...closing })), fc.jsonValue())
        .map(([name, value]) => JSON.stringify({ ...community, ...closing, [name]: value })),
    );
    fc.assert(
      fc.property(damaged, fc.constantFrom(parseCommunityMessage, parseClosingMessage), (body, parse) => {
        try {
          expect(parse(body)).toMatchObject({ v: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableMessageError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
