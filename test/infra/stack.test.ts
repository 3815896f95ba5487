import { readFileSync } from 'node:fs';
import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, jest } from '@jest/globals';
import { RESOURCES } from '../../infra/checkStage.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import {
  APP,
  idIn,
  type LambdaFunction,
  list,
  OTHER,
  ofType,
  type Statement,
  statementsOf,
  synthesise,
  type Template,
} from './synthesised.ts';

// The library takes seconds to load on a busy machine.
jest.setTimeout(30_000);

const template = synthesise();
const two = synthesise({ apps: [APP, { ...OTHER, callsPerSecond: 50, maxConcurrency: 4 }] });

interface Queue {
  readonly VisibilityTimeout: number;
  readonly MessageRetentionPeriod: number;
  readonly SqsManagedSseEnabled: boolean;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: unknown; readonly maxReceiveCount: number };
}

interface EventSource {
  readonly EventSourceArn: unknown;
  readonly FunctionName: unknown;
  readonly BatchSize: number;
  readonly FunctionResponseTypes: readonly string[];
  readonly ScalingConfig?: { readonly MaximumConcurrency: number };
  readonly FilterCriteria?: { readonly Filters: readonly { readonly Pattern: string }[] };
}

const queuesOf = (from: Template) => ofType<Queue>(from, 'AWS::SQS::Queue');
const functionsOf = (from: Template) => ofType<LambdaFunction>(from, 'AWS::Lambda::Function');
const sourcesOf = (from: Template) => [
  ...ofType<EventSource>(from, 'AWS::Lambda::EventSourceMapping').values(),
];

/** Queues that feed a function, with the function. */
function consumed(from: Template) {
  return sourcesOf(from).flatMap(({ EventSourceArn, FunctionName }) => {
    const queue = queuesOf(from).get(idIn(EventSourceArn));
    const consumer = functionsOf(from).get(idIn(FunctionName));
    return queue && consumer ? [{ queue, consumer }] : [];
  });
}

/** E-mail addresses of the stage, a resource each. */
const SUBSCRIPTIONS = 1;

const sizeOf = (from: Template) => Object.keys(from.Resources).length;

function appsNamed(count: number) {
  return Array.from({ length: count }, (_, index) => ({ ...APP, sdkAppId: APP.sdkAppId + index }));
}

describe('the queues', () => {
  it('hide a message for at least six times as long as its consumer may run', () => {
    expect(consumed(template)).toHaveLength(2);
    for (const { queue, consumer } of consumed(template)) {
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.Timeout);
    }
  });

  it('have dead letters of their own, kept for 14 days, after five deliveries', () => {
    const targets = consumed(template).map(({ queue }) => idIn(queue.RedrivePolicy?.deadLetterTargetArn));
    expect(new Set(targets).size).toBe(2);
    for (const { queue } of consumed(template)) expect(queue.RedrivePolicy?.maxReceiveCount).toBe(5);
    for (const id of targets) expect(queuesOf(template).get(id)?.MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('are encrypted, and like the topics refuse whoever comes without TLS', () => {
    const policies = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => [
      ...ofType<{ Queues?: unknown[]; Topics?: unknown[]; PolicyDocument: { Statement: Statement[] } }>(
        template,
        type,
      ).values(),
    ]);
    const refusing = policies
      .filter(({ PolicyDocument }) => PolicyDocument.Statement.some(refusesPlainText))
      .flatMap(({ Queues = [], Topics = [] }) => [...Queues, ...Topics].map(idIn));
    const topics = ofType(template, 'AWS::SNS::Topic');
    expect(refusing.toSorted()).toEqual([...queuesOf(template).keys(), ...topics.keys()].toSorted());
    for (const queue of queuesOf(template).values()) expect(queue.SqsManagedSseEnabled).toBe(true);
  });

  it('feed batches of which each record fails by itself', () => {
    for (const source of sourcesOf(template)) {
      expect(source.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
    expect(sourcesOf(template).map(({ BatchSize }) => BatchSize)).toEqual([31, 1, 100]);
    expect(sourcesOf(template)[0]?.ScalingConfig).toEqual({ MaximumConcurrency: 10 });
  });
});

function refusesPlainText({ Effect, Condition }: Statement): boolean {
  return Effect === 'Deny' && Condition?.['Bool']?.['aws:SecureTransport'] === 'false';
}

describe('the functions', () => {
  const allowed = [...functionsOf(two).values()].flatMap((one) =>
    statementsOf(two, one).map((statement) => ({ ...statement, who: one.Description })),
  );

  it('are allowed no wildcard action, and nothing on every resource', () => {
    expect(allowed.length).toBeGreaterThan(30);
    for (const { Effect, Action, Resource } of allowed) {
      expect(Effect).toBe('Allow');
      expect(list(Action).filter((action) => /[*?]/.test(action))).toEqual([]);
      expect(list(Resource)).not.toContain('*');
    }
  });

  it('are allowed nothing beside what stands in their roles', () => {
    expect(ofType(two, 'AWS::IAM::Policy').size).toBe(0);
    for (const role of ofType(two, 'AWS::IAM::Role').values()) {
      expect(role).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('that sign calls may read the secret of their app, and no other function may read any', () => {
    const readers = allowed.filter(({ Action }) => list(Action).includes('secretsmanager:GetSecretValue'));
    expect(readers.map(({ who, Resource }) => [who, secretIn(Resource)])).toEqual([
      ['App 1400000001: lists its communities and queues them', 'chat/one-??????'],
      ['App 1400000001: mirrors the communities of a batch', 'chat/one-??????'],
      ['App 14000000012: lists its communities and queues them', 'chat/two-??????'],
      ['App 14000000012: mirrors the communities of a batch', 'chat/two-??????'],
    ]);
  });

  it('that mirror communities alone are told what counts as messages, and for how long they are kept', () => {
    const told = synthesise({
      apps: [{ ...APP, activityDays: 30, counters: ['HotScore', 'ViewCount'] }, OTHER],
    });
    const variables = [...functionsOf(told).values()].map(({ Description, Environment }) => [
      Description,
      Environment.Variables['TOPIC_MIRROR_ACTIVITY_DAYS'],
      Environment.Variables['TOPIC_MIRROR_COUNTERS'],
    ]);
    expect(variables.filter(([, days]) => days !== undefined)).toEqual([
      ['App 1400000001: mirrors the communities of a batch', '30', 'HotScore,ViewCount'],
      ['App 14000000012: mirrors the communities of a batch', '400', undefined],
    ]);
  });

  it('have no secret in their environment', () => {
    expect(JSON.stringify(two)).not.toContain('TENCENT_CHAT_SECRET_KEY');
  });

  it('keep a log for the days that the stage says, each in a group of its own', () => {
    const kept = synthesise({ logRetentionDays: 7 });
    const groups = ofType<{ RetentionInDays: number }>(kept, 'AWS::Logs::LogGroup');
    const used = [...functionsOf(kept).values()].map(({ LoggingConfig }) => idIn(LoggingConfig.LogGroup));
    expect(used.toSorted()).toEqual([...groups.keys()].toSorted());
    for (const { RetentionInDays } of groups.values()) expect(RetentionInDays).toBe(7);
  });

  it('read the secret by its full ARN and decrypt it with its own key where the stage names them', () => {
    const secretId = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:chat/one-AbCdEf';
    const secretKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/8d4e';
    const keyed = synthesise({ apps: [{ ...APP, secretId, secretKeyArn }] });
    const [listing] = [...functionsOf(keyed).values()];
    const statements = statementsOf(keyed, listing as LambdaFunction);
    expect(statements).toContainEqual(
      expect.objectContaining({ Action: 'secretsmanager:GetSecretValue', Resource: secretId }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 'kms:Decrypt',
        Resource: secretKeyArn,
        Condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
      }),
    );
  });
});

function secretIn(resource: unknown): unknown {
  const { 'Fn::Join': join } = resource as { 'Fn::Join': [string, unknown[]] };
  return String(join[1].at(-1)).replace(':secret:', '');
}

describe('the night', () => {
  interface Schedule {
    readonly ScheduleExpression: string;
    readonly ScheduleExpressionTimezone: string;
    readonly FlexibleTimeWindow: unknown;
    readonly Target: { readonly Arn: unknown; readonly Input: string; readonly RetryPolicy: unknown };
  }
  const schedulesOf = (from: Template) => [...ofType<Schedule>(from, 'AWS::Scheduler::Schedule').values()];

  it('begins at the time of the stage, in its zone, and hands over the scheduled time', () => {
    expect(schedulesOf(template)).toEqual([
      expect.objectContaining({
        ScheduleExpression: 'cron(0 3 * * ? *)',
        ScheduleExpressionTimezone: 'Asia/Singapore',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: expect.objectContaining({ Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' }),
      }),
    ]);
  });

  it('is not begun any more once the alarm on it has rung', () => {
    const [night] = schedulesOf(synthesise({ closeWithinHours: 5 }));
    expect(night?.Target.RetryPolicy).toEqual({
      MaximumEventAgeInSeconds: 5 * 3600,
      MaximumRetryAttempts: 185,
    });
  });

  it('is an own one for an app that says so', () => {
    const schedule = { cron: '30 1 * * ? *', timeZone: 'Europe/Berlin' };
    const found = schedulesOf(synthesise({ apps: [APP, { ...OTHER, schedule }] }));
    expect(found.map((one) => [one.ScheduleExpression, one.ScheduleExpressionTimezone])).toEqual([
      ['cron(0 3 * * ? *)', 'Asia/Singapore'],
      ['cron(30 1 * * ? *)', 'Europe/Berlin'],
    ]);
  });
});

describe('a second app', () => {
  it('has functions, queues, a schedule and a budget of its own, and shares the table', () => {
    const counts = (type: string) => [ofType(template, type).size, ofType(two, type).size];
    expect(counts('AWS::DynamoDB::GlobalTable')).toEqual([1, 1]);
    expect(counts('AWS::Scheduler::Schedule')).toEqual([1, 2]);
    expect(counts('AWS::Lambda::Function')).toEqual([5, 8]);
    const rates = [...functionsOf(two).values()].map(
      ({ Environment }) => Environment.Variables['TOPIC_MIRROR_CALLS_PER_SECOND'],
    );
    expect(rates).toEqual(['155', '155', '155', '50', '50', '50', undefined, undefined]);
    const limits = sourcesOf(two).flatMap(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? []);
    expect(limits).toEqual([10, 4]);
  });

  it('is found by outputs that carry its SDKAppID', () => {
    expect(Object.keys(two.Outputs).filter((name) => name.startsWith('App14000000012'))).toEqual([
      'App14000000012CommunitiesQueueUrl',
      'App14000000012ClosingQueueUrl',
      'App14000000012DeadLetterQueueUrl',
      'App14000000012ClosingDeadLetterQueueUrl',
      'App14000000012LostNightsQueueUrl',
      'App14000000012ListCommunitiesFunctionName',
      'App14000000012SyncCommunityFunctionName',
      'App14000000012Schedule',
    ]);
    expect(two.Outputs['Apps']?.Value).toBe('1400000001,14000000012');
  });

  it('adds as many resources as the limit on apps is computed with', () => {
    expect(sizeOf(template)).toBe(RESOURCES.shared + RESOURCES.perApp + SUBSCRIPTIONS);
    expect(sizeOf(two) - sizeOf(template)).toBe(RESOURCES.perApp);
  });

  it('is not the last: as many fit as the stage is allowed, and one more does not', () => {
    const room = Math.floor((RESOURCES.limit - RESOURCES.shared - SUBSCRIPTIONS) / RESOURCES.perApp);
    const full = synthesise({ apps: appsNamed(room) });
    expect(sizeOf(full)).toBeLessThanOrEqual(500);
    // The most that CloudFormation takes as a template.
    expect(JSON.stringify(full).length).toBeLessThan(1_000_000);
    expect(() => synthesise({ apps: appsNamed(room + 1) })).toThrow(`one stack holds ${room}`);
  });
});

interface Table {
  readonly BillingMode: string;
  readonly StreamSpecification: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification: { readonly AttributeName: string };
  readonly Replicas: readonly {
    readonly DeletionProtectionEnabled: boolean;
    readonly PointInTimeRecoverySpecification: unknown;
  }[];
}

describe('the table', () => {
  const tableIn = (from: Template) => [...ofType<Table>(from, 'AWS::DynamoDB::GlobalTable').entries()][0];
  const policyOf = (from: Template) => from.Resources[tableIn(from)?.[0] ?? '']?.DeletionPolicy;
  const replicaOf = (from: Template) => tableIn(from)?.[1].Replicas[0];

  it('survives a stack that is deleted, unless the stage says otherwise', () => {
    expect(policyOf(template)).toBe('Retain');
    expect(replicaOf(template)?.DeletionProtectionEnabled).toBe(true);
    const passing = synthesise({ deletionProtection: false });
    expect(policyOf(passing)).toBe('Delete');
    expect(replicaOf(passing)?.DeletionProtectionEnabled).toBe(false);
  });

  it('can be put back to any second of the last 35 days, is paid by use, and tells of its changes', () => {
    expect(replicaOf(template)?.PointInTimeRecoverySpecification).toEqual({
      PointInTimeRecoveryEnabled: true,
    });
    expect(tableIn(template)?.[1]).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });
});

describe('the warm throughput', () => {
  const warmIn = (from: Template) =>
    [...ofType<{ WarmThroughput?: unknown }>(from, 'AWS::DynamoDB::GlobalTable').values()].map(
      ({ WarmThroughput }) => WarmThroughput,
    );

  it('is what DynamoDB gives a table, unless the stage says more, and that of indexes is let be', () => {
    expect(warmIn(template)).toEqual([undefined]);
    const warm = synthesise({ warmThroughput: { writeUnitsPerSecond: 8000 } });
    expect(warmIn(warm)).toEqual([{ WriteUnitsPerSecond: 8000 }]);
    expect(JSON.stringify(warm).split('WarmThroughput')).toHaveLength(2);
  });
});

describe('a table that exists already', () => {
  const ARN = 'arn:aws:dynamodb:eu-central-1:111122223333:table/mirror-restored';
  const STREAM = `${ARN}/stream/2026-11-22T09:30:00.000`;
  const existing = synthesise({ existingTable: STREAM, exports: {} }, { nag: true });
  const own = synthesise({ exports: {} });
  const allowed = [...functionsOf(existing).values()].flatMap((one) => statementsOf(existing, one));
  const onTables = (statements: readonly Statement[]) =>
    statements.filter(({ Action }) => list(Action).some((action) => action.startsWith('dynamodb:')));

  it('is used in the place of a new one, which the stack then neither makes nor deletes', () => {
    expect(ofType(existing, 'AWS::DynamoDB::GlobalTable').size).toBe(0);
    expect(Object.keys(own.Resources).filter((id) => !(id in existing.Resources))).toEqual([
      expect.stringMatching(/^Catalog/),
    ]);
    expect(Object.keys(existing.Resources).filter((id) => !(id in own.Resources))).toEqual([]);
  });

  it('is what the functions are told of, and may touch as they may their own', () => {
    const named = [...functionsOf(existing).values()].map(
      ({ Environment }) => Environment.Variables['TOPIC_MIRROR_TABLE'],
    );
    expect(new Set(named)).toEqual(new Set(['mirror-restored', undefined]));
    const shape = (statements: readonly Statement[]) =>
      onTables(statements).map(({ Action, Condition }) => [Action, Condition]);
    const ownAllowed = [...functionsOf(own).values()].flatMap((one) => statementsOf(own, one));
    expect(shape(allowed)).toEqual(shape(ownAllowed));
    for (const { Resource } of onTables(allowed)) {
      expect([ARN, `${ARN}/index/attention`, `${ARN}/stream/*`]).toContain(Resource);
    }
  });

  it('has its stream followed from the beginning, and its throttling watched', () => {
    const arns = sourcesOf(existing).map(({ EventSourceArn }) => EventSourceArn);
    expect(arns).toContain(STREAM);
    expect(JSON.stringify(existing)).toContain('{"Name":"TableName","Value":"mirror-restored"}');
  });

  it('is switched on by the commands of docs/operating.md as the stack’s own table is', () => {
    const commands = readFileSync('docs/operating.md', 'utf8');
    const [table] = ofType<Table>(own, 'AWS::DynamoDB::GlobalTable').values();
    const stream = `StreamEnabled=true,StreamViewType=${table?.StreamSpecification.StreamViewType}`;
    const lifetime = `Enabled=true,AttributeName=${table?.TimeToLiveSpecification.AttributeName}`;
    expect(commands).toContain(`--stream-specification ${stream}`);
    expect(commands).toContain(`--time-to-live-specification ${lifetime}`);
    expect(table?.Replicas).toMatchObject([
      {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(commands).toContain('--deletion-protection-enabled');
    expect(commands).toContain('--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true');
  });

  it('is found by the command line', () => {
    expect(existing.Outputs['CatalogTableName']?.Value).toBe('mirror-restored');
  });
});

describe('the table', () => {
  const embedded = useMemoryTable();

  it('has the keys and indexes of the embedded store', async () => {
    const { client, table: TableName } = embedded.store;
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
    const [deployed] = ofType<Keys>(template, 'AWS::DynamoDB::GlobalTable').values();
    expect(keysOf(deployed)).toEqual(keysOf(Table));
  });
});

/** Keys and indexes, as template and API name them alike. */
type Keys = Pick<TableDescription, 'KeySchema' | 'AttributeDefinitions' | 'GlobalSecondaryIndexes'>;

function keysOf({ KeySchema, AttributeDefinitions = [], GlobalSecondaryIndexes = [] }: Keys = {}) {
  const byName = (a: { AttributeName?: string | undefined }, b: { AttributeName?: string | undefined }) =>
    String(a.AttributeName).localeCompare(String(b.AttributeName));
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: keys, Projection }) => [
    IndexName,
    keys,
    Projection?.ProjectionType,
  ]);
  return { KeySchema, attributes: AttributeDefinitions.toSorted(byName), indexes: indexes.toSorted() };
}

describe('what the stream is filtered for', () => {
  const patternsOf = (from: Template) =>
    sourcesOf(from)
      .flatMap(({ FilterCriteria }) => FilterCriteria?.Filters ?? [])
      .map(({ Pattern }) => JSON.parse(Pattern) as unknown);
  const closed = {
    eventName: ['MODIFY'],
    dynamodb: {
      NewImage: { itemType: { S: ['run'] }, status: { S: ['COMPLETE', 'INCOMPLETE', 'HELD'] } },
      OldImage: { status: { S: ['RUNNING'] } },
    },
  };

  it('is new history entries, of the kinds that the stage names, and runs that have ended', () => {
    const kinds = (events: string[]) => ({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { itemType: { S: ['change'] }, kind: { S: events } } },
    });
    expect(patternsOf(template)).toEqual([kinds(['created', 'updated', 'deleted', 'restored']), closed]);
    expect(patternsOf(synthesise({ events: ['deleted'] }))).toEqual([kinds(['deleted']), closed]);
    expect(patternsOf(synthesise({ events: [] }))).toEqual([closed]);
  });
});

describe('cdk-nag', () => {
  it('finds nothing that is not acknowledged with a reason', () => {
    const checked = synthesise({}, { nag: true });
    interface Acknowledged {
      readonly rules_to_suppress: readonly { readonly id: string; readonly reason: string }[];
    }
    const rules = Object.values(checked.Resources).flatMap(
      ({ Metadata }) => (Metadata?.['cdk_nag'] as Acknowledged | undefined)?.rules_to_suppress ?? [],
    );
    expect([...new Set(rules.map(({ id }) => id.replace(/<Catalog\w+\.Arn>/, 'table')))].toSorted()).toEqual([
      'AwsSolutions-IAM5[Resource::table/stream/*]',
      'AwsSolutions-SQS3',
    ]);
    for (const { reason } of rules) expect(reason.length).toBeGreaterThan(40);
  });
});

describe('the stack', () => {
  it('is called after the stage, unless the stage names it; so are its bus, dashboard and alarms', () => {
    const named = synthesise({ stackName: 'Mirror' });
    const names = (from: Template, type: string, property: string) =>
      [...ofType<Record<string, string>>(from, type).values()].map((one) => one[property]);
    expect(names(template, 'AWS::Events::EventBus', 'Name')).toEqual(['TopicMirror-test-changes']);
    expect(names(named, 'AWS::Events::EventBus', 'Name')).toEqual(['Mirror-changes']);
    expect(names(named, 'AWS::CloudWatch::Dashboard', 'DashboardName')).toEqual(['Mirror']);
    for (const name of names(named, 'AWS::CloudWatch::Alarm', 'AlarmName')) expect(name).toMatch(/^Mirror /);
  });
});
