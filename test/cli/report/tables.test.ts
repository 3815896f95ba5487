import { describe, expect, it } from '@jest/globals';
import { tablesOf } from '../../../cli/report/model/tables.ts';
import { community, communityRun, GROUP, snapshot } from '../../builders.ts';
import { closedRun, reportData } from './data.ts';

const mirrored = [
  [
    community({ lastError: '10007', run: communityRun({ outcome: 'failed' }) }),
    [
      snapshot({ profile: { topicName: 'a\u202eb\nc', muteAllMember: true }, activity: { nextMsgSeq: 5 } }),
      snapshot({
        topicId: 'made up',
        status: 'deleted',
        deletedAt: '2026-11-22T01:00:10.000Z',
        deletedCode: 110003,
      }),
    ],
  ],
] as const;

const table = (id: string) => {
  const runs = [
    closedRun(
      '2026-11-22T02:00:00.000Z',
      { active: 4, baseline: 3, created: 1, updated: 2 },
      { reasons: ['one', 'two'], messages: { topics: 2, new: 9 } },
    ),
  ];
  const found = tablesOf(reportData({ mirrored, runs })).find((one) => one.id === id);
  if (!found) throw new Error(`no table ${id}`);
  const [row = []] = found.rows;
  const cells = found.columns.map(({ title, below }, nth) => [
    title,
    below === undefined ? row[nth] : [row[nth], row[below]],
  ]);
  return Object.fromEntries(cells);
};

describe('the tables', () => {
  it('show a topic with its id below its name, and what it did not send as nothing', () => {
    expect(table('topics-table')).toMatchObject({
      Topic: ['a\\u202eb\\u000ac', `${GROUP}@TOPIC#_@TOPIC#one`],
      Messages: 4,
      'Last message': null,
      Status: 'active',
      Posting: 'muted',
    });
  });

  it('show when a topic was deleted and why, and its community where its id does not tell', () => {
    expect(table('deleted-table')).toMatchObject({
      Topic: ['Announcements', `${GROUP} made up`],
      Deleted: '2026-11-22T01:00:10.000Z',
      Why: '110003: the topic has been deleted',
    });
  });

  it('call a community failing that could not be read', () => {
    expect(table('communities-table')).toMatchObject({ Community: GROUP, Topics: 2, Status: 'failing' });
  });

  it('show what a run saw created, beside the baseline, and edits and messages apart', () => {
    expect(table('runs-table')).toMatchObject({ Created: [1, 'baseline 3'], Edited: 2, Messages: 9 });
  });

  it('show a run’s duration, its share of the ceiling, its cost and its reasons', () => {
    expect(table('runs-table')).toMatchObject({
      Status: ['COMPLETE', 'one two'],
      Took: 6412,
      Topics: 4,
      Peak: 0.75,
      Cost: 0.875,
    });
  });
});
