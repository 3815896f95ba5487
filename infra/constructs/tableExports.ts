import { type CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENV } from '../../shared/config.ts';
import { describeBackups, exportTo, FROM_THIS_ACCOUNT, sendTo } from '../permissions.ts';
import type { Stage } from '../stage.ts';
import { MirrorFunction } from './mirrorFunction.ts';
import { NightSchedule } from './nightSchedule.ts';
import { DeadLetterQueue } from './queues.ts';

/** After the end of a day, UTC, when the whole of it can be exported: minute, hour, days, months, week days, years. */
const DAILY = '30 0 * * ? *';
/** On the first of each month. */
const MONTHLY = '45 0 1 * ? *';

/** An export that could not be asked for within that time is given up: the next day's is about to be. */
const GIVE_UP_AFTER = Duration.hours(12);

/** What a stage's `exports` says. */
export type ExportSettings = NonNullable<Stage['exports']>;

/**
 * Has DynamoDB export its table to a bucket: what changed each day, and all of it once a month. The table's capacity is not
 * used, and no function reads it.
 */
export class TableExports extends Construct {
  readonly bucket: Bucket;
  /** Exports that nobody could ask for. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, stage: Stage, { keepDays }: ExportSettings, table: ITableV2) {
    super(scope, id);
    this.bucket = this.addBucket(keepDays);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.addDaily(stage, table);
    this.addMonthly(table);
    this.acknowledgeObjects();
  }

  private addBucket(keepDays: number): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [
        { expiration: Duration.days(keepDays), abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      // A bucket that holds something cannot be deleted, and what it holds outlives the table.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'DynamoDB alone writes to it; who reads it is a matter of the account’s trail, not of one more bucket.',
    });
    return bucket;
  }

  private addDaily(stage: Stage, table: ITableV2): void {
    const exportTable = new MirrorFunction(this, 'ExportTable', stage, {
      entry: 'export-table',
      description: 'Has DynamoDB export the changes of a day',
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: {
        [ENV.table]: table.tableName,
        [ENV.tableArn]: table.tableArn,
        [ENV.exportBucket]: this.bucket.bucketName,
      },
      statements: [describeBackups(table), ...exportTo(table, this.bucket), sendTo(this.deadLetters)],
    });
    exportTable.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(this.deadLetters) });
    new NightSchedule(this, 'Daily', {
      description: 'Has the changes of the day before exported',
      schedule: { cron: DAILY, timeZone: 'UTC' },
      target: exportTable,
      deadLetters: this.deadLetters,
      giveUpAfter: GIVE_UP_AFTER,
    });
  }

  /** Nothing but the call: the Scheduler makes it by itself. */
  private addMonthly(table: ITableV2): void {
    const role = new Role(this, 'MonthlyRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: FROM_THIS_ACCOUNT }),
      inlinePolicies: {
        Export: new PolicyDocument({
          statements: [...exportTo(table, this.bucket), sendTo(this.deadLetters)],
        }),
      },
    });
    new CfnSchedule(this, 'Monthly', {
      description: 'Has the whole table exported',
      scheduleExpression: `cron(${MONTHLY})`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime',
        roleArn: role.roleArn,
        input: JSON.stringify({
          TableArn: table.tableArn,
          S3Bucket: this.bucket.bucketName,
          S3Prefix: 'full',
          S3SseAlgorithm: 'AES256',
          ExportFormat: 'DYNAMODB_JSON',
          // The same for every attempt: it is made once.
          ClientToken: 'full-<aws.scheduler.scheduled-time>',
        }),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: GIVE_UP_AFTER.toSeconds() },
      },
    });
  }

  private acknowledgeObjects(): void {
    const bucket = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnElement);
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/*]`,
      reason: 'DynamoDB names the objects of an export itself.',
    });
  }
}
