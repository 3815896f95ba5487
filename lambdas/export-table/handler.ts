import {
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  ExportTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Logger } from '../../shared/logger.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { windowBefore } from './window.ts';

export interface ExportTableParts {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly tableArn: string;
  readonly bucket: string;
  readonly logger: Logger;
}

/** What the schedule hands over. */
export interface ExportTableEvent {
  /** When it was to fire, ISO 8601 UTC. */
  readonly scheduledTime: string;
}

/**
 * Has DynamoDB export what was written on the day before. The Scheduler could ask for it by itself, but knows only one end of
 * the window. An event that comes twice within eight hours asks for the same export, which is made once.
 */
export function createExportTableHandler(parts: ExportTableParts) {
  return middy(
    traced(async ({ scheduledTime }: ExportTableEvent, _context: Context): Promise<void> => {
      const { client, tableArn, bucket, logger } = parts;
      const window = windowBefore(scheduledTime, await earliestOf(parts));
      // The table is new: a full export has all that there is.
      if (!window) return logger.info('export.skipped', { scheduledTime });
      const { day, from, to } = window;
      const { ExportDescription } = await client.send(
        new ExportTableToPointInTimeCommand({
          TableArn: tableArn,
          S3Bucket: bucket,
          // A folder for each: the files of incremental exports to one prefix lie in one folder.
          S3Prefix: `incremental/${day}`,
          S3SseAlgorithm: 'AES256',
          ExportFormat: 'DYNAMODB_JSON',
          ExportType: 'INCREMENTAL_EXPORT',
          IncrementalExportSpecification: {
            ExportFromTime: from,
            ExportToTime: to,
            ExportViewType: 'NEW_AND_OLD_IMAGES',
          },
          ClientToken: `incremental-${day}`,
        }),
      );
      const exportArn = ExportDescription?.ExportArn;
      logger.info('export.requested', { day, from: from.toISOString(), to: to.toISOString(), exportArn });
    }),
  ).use(invocationLog(parts.logger));
}

/** @throws when point-in-time recovery, which an export reads from, is off */
async function earliestOf({ client, table }: ExportTableParts): Promise<Date> {
  const { ContinuousBackupsDescription: backups } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: table }),
  );
  const earliest = backups?.PointInTimeRecoveryDescription?.EarliestRestorableDateTime;
  if (earliest) return earliest;
  throw new Error(`point-in-time recovery of ${table} is off; exports need it`);
}
