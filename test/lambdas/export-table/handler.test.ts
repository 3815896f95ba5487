import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createExportTableHandler } from '../../../lambdas/export-table/handler.ts';
import { exportPartsFrom } from '../../../lambdas/export-table/parts.ts';
import { windowBefore } from '../../../lambdas/export-table/window.ts';
import { createLogger } from '../../../shared/logger.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { openScriptedAws, type ScriptedAws, type SeenCall } from '../../support/scriptedAws.ts';
import { lambdaContext } from '../../support/worldEvents.ts';

const TABLE_ARN = 'arn:aws:dynamodb:eu-central-1:111122223333:table/mirror';
const ENVIRONMENT = {
  TOPIC_MIRROR_TABLE: 'mirror',
  TOPIC_MIRROR_TABLE_ARN: TABLE_ARN,
  TOPIC_MIRROR_EXPORT_BUCKET: 'mirror-exports',
};
const seconds = (time: string) => Date.parse(time) / 1000;
const servers: ScriptedAws[] = [];

afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Runs the function on a table that can be exported since a time; undefined: its recovery is off. */
async function run(scheduledTime: string, earliest: string | undefined) {
  const answer = ({ operation }: SeenCall) =>
    operation === 'DescribeContinuousBackups'
      ? {
          ContinuousBackupsDescription: {
            ContinuousBackupsStatus: 'ENABLED',
            PointInTimeRecoveryDescription: {
              ...(earliest !== undefined && { EarliestRestorableDateTime: seconds(earliest) }),
            },
          },
        }
      : { ExportDescription: { ExportArn: `${TABLE_ARN}/export/1` } };
  const server = await openScriptedAws(answer);
  servers.push(server);
  const lines: { event: string }[] = [];
  const parts = exportPartsFrom(ENVIRONMENT, {
    dynamodb: new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint, maxAttempts: 1 }),
    logger: createLogger((line) => lines.push(JSON.parse(line) as { event: string })),
  });
  const ended = await createExportTableHandler(parts)({ scheduledTime }, lambdaContext()).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return {
    ended,
    lines,
    asked: server.seen.filter(({ operation }) => operation === 'ExportTableToPointInTime'),
  };
}

describe('the export of a day', () => {
  it('is of what was written on the day before, UTC, into a folder of its own', async () => {
    const { asked, lines } = await run('2026-11-22T00:30:00Z', '2026-11-01T08:00:00Z');
    expect(asked.map(({ input }) => input)).toEqual([
      {
        TableArn: TABLE_ARN,
        S3Bucket: 'mirror-exports',
        S3Prefix: 'incremental/2026-11-21',
        S3SseAlgorithm: 'AES256',
        ExportFormat: 'DYNAMODB_JSON',
        ExportType: 'INCREMENTAL_EXPORT',
        IncrementalExportSpecification: {
          ExportFromTime: seconds('2026-11-21T00:00:00Z'),
          ExportToTime: seconds('2026-11-22T00:00:00Z'),
          ExportViewType: 'NEW_AND_OLD_IMAGES',
        },
        ClientToken: 'incremental-2026-11-21',
      },
    ]);
    expect(lines).toEqual([expect.objectContaining({ event: 'export.requested', day: '2026-11-21' })]);
  });

  it('on which the table was made begins with the table', async () => {
    const { asked } = await run('2026-11-22T00:30:00Z', '2026-11-21T08:00:00.400Z');
    expect(asked[0]?.input['IncrementalExportSpecification']).toMatchObject({
      ExportFromTime: seconds('2026-11-21T08:00:01Z'),
      ExportToTime: seconds('2026-11-22T00:00:00Z'),
    });
  });

  it('of a table made since is not asked for', async () => {
    const { ended, asked, lines } = await run('2026-11-22T00:30:00Z', '2026-11-21T23:50:00Z');
    expect({ ended, asked: asked.length }).toEqual({ ended: undefined, asked: 0 });
    expect(lines).toEqual([expect.objectContaining({ event: 'export.skipped' })]);
  });

  it('fails aloud where it can never work', async () => {
    const { ended, lines } = await run('2026-11-22T00:30:00Z', undefined);
    expect(ended).toBe('point-in-time recovery of mirror is off; exports need it');
    expect(lines).toEqual([expect.objectContaining({ event: 'invocation.failed' })]);
  });
});

describe('the windows of days', () => {
  const LONG_AGO = new Date(0);

  it('follow each other without a gap, whenever in the day the schedule fires', () => {
    const time = fc.date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.nat(86_399_999), (today, later) => {
        const midnight = Math.floor(today.getTime() / 86_400_000) * 86_400_000;
        const tomorrow = new Date(midnight + 86_400_000 + later).toISOString();
        const [first, second] = [today.toISOString(), tomorrow].map((at) => windowBefore(at, LONG_AGO));
        expect(second?.from).toEqual(first?.to);
        expect(first && first.to.getTime() - first.from.getTime()).toBe(86_400_000);
        expect(first?.day).toBe(first?.from.toISOString().slice(0, 10));
        expect(first && first.to <= today).toBe(true);
      }),
    );
  });
});
