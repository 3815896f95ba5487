import { describe, expect, it, jest } from '@jest/globals';
import { RESOURCES } from '../../infra/checkStage.ts';
import {
  idIn,
  type LambdaFunction,
  list,
  ofType,
  type Statement,
  statementsOf,
  synthesise,
} from './synthesised.ts';

// The library takes seconds to load on a busy machine.
jest.setTimeout(30_000);

const plain = synthesise();
const template = synthesise({ exports: { keepDays: 90 } });

interface Bucket {
  readonly BucketEncryption: { readonly ServerSideEncryptionConfiguration: readonly unknown[] };
  readonly PublicAccessBlockConfiguration: Readonly<Record<string, boolean>>;
  readonly LifecycleConfiguration: { readonly Rules: readonly Readonly<Record<string, unknown>>[] };
}

interface Schedule {
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly Target: {
    readonly Arn: unknown;
    readonly RoleArn: unknown;
    readonly Input: unknown;
    readonly DeadLetterConfig: { readonly Arn: unknown };
  };
}

const [[bucketId, bucket]] = [...ofType<Bucket>(template, 'AWS::S3::Bucket')] as [[string, Bucket]];
const schedules = [...ofType<Schedule>(template, 'AWS::Scheduler::Schedule').values()];
const daily = schedules.find(({ ScheduleExpression }) => ScheduleExpression === 'cron(30 0 * * ? *)');
const monthly = schedules.find(({ ScheduleExpression }) => ScheduleExpression === 'cron(45 0 1 * ? *)');
const [[functionId, exportTable]] = [...ofType<LambdaFunction>(template, 'AWS::Lambda::Function')].filter(
  ([, { Description }]) => Description.includes('export'),
) as [[string, LambdaFunction]];

describe('a stage without exports', () => {
  it('has no bucket, and nothing of them', () => {
    expect(ofType(plain, 'AWS::S3::Bucket').size).toBe(0);
    expect(JSON.stringify(plain)).not.toContain('ExportTableToPointInTime');
    expect(Object.keys(plain.Outputs)).not.toContain('ExportBucketName');
  });

  it('is smaller by what a stage may count for them', () => {
    const size = (of: typeof plain) => Object.keys(of.Resources).length;
    expect(size(template) - size(plain)).toBe(RESOURCES.exports);
  });
});

describe('the bucket', () => {
  it('is encrypted, and nobody outside the account reads it', () => {
    expect(JSON.stringify(bucket.BucketEncryption)).toContain('AES256');
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
  });

  it('takes nothing that is sent in the clear', () => {
    const policies = ofType<{ Bucket: unknown; PolicyDocument: { Statement: Statement[] } }>(
      template,
      'AWS::S3::BucketPolicy',
    );
    const [policy] = policies.values();
    expect(idIn(policy?.Bucket)).toBe(bucketId);
    expect(policy?.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('keeps exports for the days that the stage says, and half an upload for a week', () => {
    expect(bucket.LifecycleConfiguration.Rules).toEqual([
      expect.objectContaining({
        ExpirationInDays: 90,
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        Status: 'Enabled',
      }),
    ]);
  });

  it('stays when the stack is deleted', () => {
    expect(template.Resources[bucketId]?.DeletionPolicy).toBe('Retain');
  });

  it('is found by an output', () => {
    expect(template.Outputs['ExportBucketName']?.Value).toEqual({ Ref: bucketId });
  });
});

describe('every day after midnight, UTC', () => {
  it('the function is called with the time at which it was to be', () => {
    expect(daily?.ScheduleExpressionTimezone).toBe('UTC');
    expect(idIn(daily?.Target.Arn)).toBe(functionId);
    expect(daily?.Target.Input).toBe('{"scheduledTime":"<aws.scheduler.scheduled-time>"}');
  });

  it('it may have the table exported to the bucket, and nothing else', () => {
    const allowed = statementsOf(template, exportTable).map(({ Action, Resource }) => [
      list(Action),
      Resource,
    ]);
    const onTable = { 'Fn::GetAtt': [expect.stringMatching(/^Catalog/), 'Arn'] };
    expect(allowed).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], expect.anything()],
      [['dynamodb:DescribeContinuousBackups', 'dynamodb:ExportTableToPointInTime'], onTable],
      [['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'], inBucket()],
      [['sqs:SendMessage'], expect.anything()],
    ]);
  });
});

describe('on the first of every month', () => {
  it('the whole table is exported, once however often it is tried', () => {
    expect(monthly?.ScheduleExpressionTimezone).toBe('UTC');
    expect(monthly?.Target.Arn).toBe('arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime');
    const [, joined] = joinOf(monthly?.Target.Input);
    const input = JSON.parse(
      joined.map((part) => (typeof part === 'string' ? part : idIn(part))).join(''),
    ) as object;
    expect(input).toEqual({
      TableArn: expect.stringMatching(/^Catalog/),
      S3Bucket: bucketId,
      S3Prefix: 'full',
      S3SseAlgorithm: 'AES256',
      ExportFormat: 'DYNAMODB_JSON',
      ClientToken: 'full-<aws.scheduler.scheduled-time>',
    });
  });

  it('by a role that may do that, and nothing else', () => {
    const roles = ofType<{ Policies: { PolicyDocument: { Statement: Statement[] } }[] }>(
      template,
      'AWS::IAM::Role',
    );
    const { Policies = [] } = roles.get(idIn(monthly?.Target.RoleArn)) ?? {};
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(statements.map(({ Action }) => list(Action))).toEqual([
      ['dynamodb:ExportTableToPointInTime'],
      ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
      ['sqs:SendMessage'],
    ]);
    expect(statements[1]?.Resource).toEqual(inBucket());
  });
});

describe('an export that cannot be asked for', () => {
  it('is a dead letter of its own, and rings', () => {
    const queues = schedules.slice(-2).map(({ Target }) => idIn(Target.DeadLetterConfig.Arn));
    expect(new Set([daily, monthly].map((one) => idIn(one?.Target.DeadLetterConfig.Arn))).size).toBe(1);
    const alarms = [
      ...ofType<{ AlarmName: string; Metrics: unknown }>(template, 'AWS::CloudWatch::Alarm').values(),
    ];
    const alarm = alarms.find(({ AlarmName }) => AlarmName === 'TopicMirror-test exports lost');
    expect(JSON.stringify(alarm?.Metrics)).toContain(queues[0]);
  });
});

it('a stage with exports passes the checks of cdk-nag', () => {
  expect(() => synthesise({ exports: {} }, { nag: true })).not.toThrow();
});

function joinOf(value: unknown): [string, unknown[]] {
  return (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
}

function inBucket() {
  return { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketId, 'Arn'] }, '/*']] };
}
