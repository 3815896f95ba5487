import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customTopicIdProblem, importLimits } from '../../../shared/chat/index.ts';
import { contentOf, importRequestOf, notCarried, problemsOf } from '../../../shared/restore/carried.ts';
import type { Restore } from '../../../shared/restore/intent.ts';
import { planTopic } from '../../../shared/restore/plan.ts';
import { newIdOf } from '../../../shared/restore/topicIds.ts';
import { ids, topicDetails } from '../../arbitraries.ts';
import { APP, at, GROUP, snapshot } from '../../builders.ts';

const OTHER = '@TGS#_other';
const own = fc.oneof(ids, fc.constantFrom('@TOPIC#c1', 'news', ''));

describe('the id of a topic that is put back', () => {
  it('is its own if that can be asked for, and otherwise left to Tencent with the reason', () => {
    fc.assert(
      fc.property(own, (part) => {
        const topicId = `${GROUP}@TOPIC#_${part}`;
        const why = customTopicIdProblem(GROUP, topicId);
        expect(newIdOf(GROUP, topicId, GROUP)).toEqual(why === undefined ? { topicId } : { why });
      }),
    );
  });

  it('in another community is its own part behind that community’s id, or left to Tencent, and never an id that is refused', () => {
    fc.assert(
      fc.property(own, (part) => {
        const { topicId } = newIdOf(GROUP, `${GROUP}@TOPIC#_${part}`, OTHER);
        if (topicId === undefined) return;
        expect(topicId).toBe(`${OTHER}@TOPIC#_${part}`);
        expect(customTopicIdProblem(OTHER, topicId)).toBeUndefined();
      }),
    );
  });

  it('that is the longest of its community may be too long for another', () => {
    const part = 'x'.repeat(importLimits.topicId - '@TGS#_a@TOPIC#_'.length);
    expect(newIdOf('@TGS#_a', `@TGS#_a@TOPIC#_${part}`, OTHER)).toEqual({
      why: 'has 100 bytes of at most 96',
    });
  });
});

describe('what import_topic carries', () => {
  const NEW: Record<string, unknown> = { muteAllMember: false, nextMsgSeq: 1, lastMsgTime: 0 };
  const NAMES = ['topicName', 'introduction', 'notification', 'faceUrl', 'customString', 'createTime'];

  it('are the texts and the CreateTime to the letter; every other field is named as not carried unless it is as in a new topic', () => {
    fc.assert(
      fc.property(topicDetails, (profile) => {
        const request = importRequestOf(profile, GROUP) as unknown as Record<string, unknown>;
        const lost = notCarried(profile).map(({ field }) => field);
        for (const [name, value] of Object.entries(profile)) {
          if (name === 'extra') {
            for (const key of Object.keys(value as object)) expect(lost).toContain(`extra.${key}`);
          } else if (NAMES.includes(name)) expect(request[name]).toBe(value);
          else expect({ name, isLost: lost.includes(name) }).toEqual({ name, isLost: value !== NEW[name] });
        }
      }),
    );
  });

  it('is refused before the call exactly when a text has too many bytes or there is no name, and never cut', () => {
    fc.assert(
      fc.property(topicDetails, fc.string({ unit: 'binary', maxLength: 40 }), (profile, topicName) => {
        const request = importRequestOf({ ...profile, topicName }, GROUP);
        const fields = problemsOf(request).map(({ field }) => field);
        expect(fields.includes('topicName')).toBe(topicName === '' || Buffer.byteLength(topicName) > 30);
        expect(fields.includes('customString')).toBe(Buffer.byteLength(profile.customString ?? '') > 3000);
      }),
    );
  });

  it('has the same digest for the same content, whatever the id, and another for any other', () => {
    const request = importRequestOf({ topicName: 'a', createTime: 1 }, GROUP);
    expect(contentOf({ ...request, topicId: 'x' })).toBe(contentOf(request));
    expect(contentOf({ ...request, createTime: 2 })).not.toBe(contentOf(request));
  });
});

describe('a planned topic', () => {
  const tombstone = snapshot({ status: 'deleted', deletedAt: at(5) });
  const here = { sdkAppId: APP, groupId: GROUP };
  const there = { sdkAppId: APP, groupId: OTHER };
  const back = { isCopy: false, newIds: false };
  const copy = { isCopy: true, newIds: false };
  const done = (deletedAt?: string): Restore => ({
    ...{
      groupId: GROUP,
      topicId: tombstone.topicId,
      to: here,
      state: 'done',
      content: '',
      owner: '',
      until: '',
    },
    ...{ mark: '1', newTopicId: 'new' },
    ...(deletedAt !== undefined && { deletedAt }),
  });

  it.each([
    ['a tombstone is put back', tombstone, here, back, undefined, 'create'],
    ['one that was put back is done', tombstone, here, back, done(at(5)), 'done'],
    [
      'one that was put back and deleted since is put back again',
      tombstone,
      here,
      back,
      done(at(4)),
      'create',
    ],
    ['a live topic is not touched', snapshot(), here, back, undefined, 'live'],
    ['a live topic can be copied', snapshot(), there, copy, undefined, 'create'],
    ['one that was copied is done', snapshot(), there, copy, done(), 'done'],
    ['a deleted one can be copied', tombstone, there, copy, undefined, 'create'],
    ['a missing topic is left out', snapshot({ status: 'missing' }), here, back, undefined, 'left-out'],
    [
      'one without a name is left out',
      snapshot({ ...tombstone, profile: {} }),
      here,
      back,
      undefined,
      'left-out',
    ],
  ])('%s', (_what, topic, to, manner, stored, action) => {
    expect(planTopic(topic, to, manner, stored).action).toBe(action);
  });

  it('names what a tombstone has kept of its messages as not carried', () => {
    const talked = snapshot({ ...tombstone, activity: { nextMsgSeq: 5, lastMsgTime: 1_763_841_600 } });
    const lost = planTopic(talked, here, back, undefined).notCarried.map(({ field }) => field);
    expect(lost).toEqual(['nextMsgSeq', 'lastMsgTime']);
  });

  it('that does not fit names field, bytes and limit', () => {
    const long = snapshot({ ...tombstone, profile: { topicName: 'a', faceUrl: 'é'.repeat(51) } });
    const { action, why, problems } = planTopic(long, here, back, undefined);
    expect({ action, why }).toEqual({ action: 'left-out', why: 'faceUrl has 102 bytes of at most 100' });
    expect(problems).toMatchObject([{ field: 'faceUrl', bytes: 102, limit: 100 }]);
  });
});
