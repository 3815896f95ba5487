import { describe, expect, it } from '@jest/globals';
import { ApiError, describeCode, entryOf, errorTable, treatmentOf } from '../../../shared/chat/index.ts';

const treatments = ['retry', 'slow-down', 'rebuild-usersig', 'fatal', 'skip', 'outcome', 'split'];
const codes = errorTable.map(({ code }) => code);

describe('the table', () => {
  it('says of every code what it means and how it is treated', () => {
    for (const { code, meaning, treatment, limit } of errorTable) {
      expect(treatments).toContain(treatment);
      expect({ code, meaning }).toEqual({ code, meaning: expect.stringMatching(/^\S.{8,}[^.\s]$/) });
      if (limit) expect(limit.attempts).toBeGreaterThan(1);
      if (limit) expect(treatments).toContain(limit.afterwards);
    }
  });

  it('has every code once', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each([
    ['get_appid_group_list', [10002, 10004, 10007, 10018]],
    ['get_topic', [10002, 10003, 10004, 10006, 10007, 10008, 10010, 11000, 110003]],
    ['import_topic', [10002, 10003, 10004, 10007, 10010, 10015, 10021, 10037, 11000, 80001, 80005]],
    ['create_topic, modify_topic and destroy_topic', [10006, 10008, 10016, 10025, 10036, 110002, 110003]],
    [
      'the gateway',
      [
        60002, 60003, 60004, 60005, 60006, 60007, 60008, 60009, 60010, 60011, 60012, 60013, 60014, 60015,
        60016, 60017, 60018, 60019, 60020, 60021, 60022, 60025, 60026, 60027, 60028,
      ],
    ],
    [
      'accounts and signatures',
      [
        70001, 70002, 70003, 70004, 70005, 70006, 70007, 70008, 70009, 70013, 70014, 70016, 70020, 70050,
        70051, 70107, 70169, 70398, 70399, 70402, 70404, 70500, 71000, 72000, 72001, 72002, 72010, 72011,
        72012,
      ],
    ],
    ['the list of group errors', [10015, 10026, 10037, 10058, 10059, 110007]],
  ])('has every code documented for %s', (_source, documented) => {
    expect(documented.filter((code) => !codes.includes(code))).toEqual([]);
  });
});

describe('a treatment', () => {
  it.each([
    ['retry', [10002, 60008, 60014, 70169, 70500]],
    ['slow-down', [10006, 60007, 60011, 60018, 60019, 60022, 72010]],
    ['rebuild-usersig', [70001, 70003, 70009, 60025]],
    ['outcome', [10010, 110003, 10021, 10025]],
    ['split', [10018]],
    ['skip', [10007, 10015, 11000, 80001]],
    ['fatal', [60010, 60020, 60026, 70013, 70020, 70050]],
  ])('of "%s" is given to its codes', (treatment, some) => {
    expect(some.map((code) => [code, treatmentOf(code)])).toEqual(some.map((code) => [code, treatment]));
  });

  it('is never an outcome for what says nothing about a topic’s life', () => {
    const outcomes = errorTable.filter(({ treatment }) => treatment === 'outcome').map(({ code }) => code);
    expect(outcomes).toEqual([10010, 10021, 10025, 110003]);
  });

  it('of a code nobody knows concerns its community only', () => {
    expect(treatmentOf(12345)).toBe('skip');
    expect(describeCode(12345)).toBe('12345: a code this project does not know');
  });

  it('may depend on the command', () => {
    expect(treatmentOf(80005, 'import_topic')).toBe('retry');
    expect(treatmentOf(80005, 'get_topic')).toBe('fatal');
    expect(treatmentOf(10007, 'get_appid_group_list')).toBe('fatal');
    expect(treatmentOf(10007, 'get_topic')).toBe('skip');
  });
});

describe('an error', () => {
  it('knows whether the command may have been carried out all the same', () => {
    const mayHave = (code: number) => new ApiError({ api: 'import_topic' }, code, '').mayHaveHappened;
    expect([10002, 60008, 70500].map(mayHave)).toEqual([true, true, true]);
    expect([10004, 10006, 60007, 70001].map(mayHave)).toEqual([false, false, false, false]);
  });

  it('keeps its meaning when its treatment is settled', () => {
    const error = new ApiError({ api: 'get_topic', groupId: 'g' }, 60004, 'check failed').withTreatment(
      'fatal',
    );
    expect(error).toMatchObject({ code: 60004, info: 'check failed', groupId: 'g', treatment: 'fatal' });
    expect(entryOf(60004).treatment).toBe('retry');
  });
});
