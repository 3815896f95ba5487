import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { checkStage, StageError } from '../../infra/checkStage.ts';
import { loadStage } from '../../infra/loadStage.ts';

// The library takes seconds to load on a busy machine.
jest.setTimeout(30_000);

const app = { sdkAppId: 1_400_000_001, region: 'singapore', secretId: 'chat/one' };
const schedule = { cron: '0 3 * * ? *', timeZone: 'Asia/Singapore' };
const good = { apps: [app], schedule };

/** The line that a stage ends with; a test that expects one and gets none fails here. */
function lineOf(stage: unknown): string {
  try {
    checkStage('test', stage);
  } catch (error) {
    if (error instanceof StageError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const STREAM =
  'arn:aws:dynamodb:ap-southeast-1:111122223333:table/mirror-restored/stream/2026-11-22T09:30:00.000';

const withApp = (settings: object) => ({ ...good, apps: [{ ...app, ...settings }] });
const withCron = (cron: unknown) => ({ ...good, schedule: { ...schedule, cron } });

describe('a stage', () => {
  it('needs an app and a schedule, and fills in the rest', () => {
    expect(checkStage('test', good)).toEqual({
      apps: [
        {
          ...app,
          callsPerSecond: 155,
          maxDeletions: 500,
          maxDeletionRatio: 0.15,
          activityDays: 400,
          counters: [],
        },
      ],
      schedule,
      maxConcurrency: 10,
      deletionProtection: true,
      logRetentionDays: 30,
      notify: { alarms: [], summaries: [] },
      closeWithinHours: 3,
      alarms: { deletedTopicErrors: 1, rateLimitedAnswers: 60, oldestMessageMinutes: 60 },
      events: ['created', 'updated', 'deleted', 'restored'],
      runbookUrl: 'docs/runbook.md',
      stackName: 'TopicMirror-test',
    });
  });

  it.each<[string, unknown, string]>([
    [
      'region',
      withApp({ region: 'mars' }),
      'apps[0].region is "mars"; allowed: china, singapore, seoul, tokyo, frankfurt, silicon-valley, jakarta, riyadh',
    ],
    [
      'SDKAppID',
      withApp({ sdkAppId: '1400000001' }),
      'apps[0].sdkAppId is "1400000001"; it must be a whole number of at least 1',
    ],
    [
      'rate above the ceiling',
      withApp({ callsPerSecond: 196 }),
      'apps[0].callsPerSecond is 196; it must be a whole number from 1 to 195, a little below the ceiling of get_topic',
    ],
    [
      'rate of nothing',
      withApp({ callsPerSecond: 0 }),
      'apps[0].callsPerSecond is 0; it must be a whole number from 1 to 195, a little below the ceiling of get_topic',
    ],
    [
      'concurrency of one',
      { ...good, maxConcurrency: 1 },
      'maxConcurrency is 1; it must be a whole number from 2 to 1000, the range of an SQS event source',
    ],
    [
      "app's concurrency",
      withApp({ maxConcurrency: 1001 }),
      'apps[0].maxConcurrency is 1001; it must be a whole number from 2 to 1000, the range of an SQS event source',
    ],
    [
      'share',
      withApp({ maxDeletionRatio: 15 }),
      'apps[0].maxDeletionRatio is 15; it must be a number from 0 to 1',
    ],
    [
      'number of days',
      withApp({ activityDays: -1 }),
      'apps[0].activityDays is -1; it must be a whole number from 0 to 99999',
    ],
    [
      'counter',
      withApp({ counters: ['HotScore', 'extra.ViewCount'] }),
      'apps[0].counters[1] is "extra.ViewCount"; it must be the name of a field, such as HotScore',
    ],
    [
      'list of counters',
      withApp({ counters: 'HotScore,ViewCount' }),
      'apps[0].counters is "HotScore,ViewCount"; it must be a list of names of fields',
    ],
    [
      'number of counters',
      withApp({ counters: Array.from({ length: 21 }, (_, nth) => `Count${nth}`) }),
      'apps[0].counters has 21 entries; 20 are allowed',
    ],
    [
      'plain http',
      withApp({ endpoint: 'http://chat.example.com' }),
      'apps[0].endpoint is plain http to another machine; allowed: https://host[:port], or http:// for a loopback address',
    ],
    ['missing secret', { ...good, apps: [{ sdkAppId: 1, region: 'china' }] }, 'apps[0].secretId is missing'],
    [
      'partial ARN of a secret',
      withApp({ secretId: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:chat' }),
      'apps[0].secretId is neither the name nor the full ARN (with its last six characters) of a secret in Secrets Manager',
    ],
    [
      'key of a secret',
      withApp({ secretKeyArn: 'alias/chat' }),
      'apps[0].secretKeyArn is "alias/chat"; it must be the ARN of a KMS key',
    ],
    [
      'unknown setting of an app',
      withApp({ regoin: 'china' }),
      'apps[0].regoin is not a setting; allowed: sdkAppId, region, endpoint, secretId, secretKeyArn, identifier, fromAccount, callsPerSecond, maxDeletions, maxDeletionRatio, activityDays, counters, schedule, maxConcurrency',
    ],
    [
      'unknown setting of an alarm',
      { ...good, alarms: { deletedTopics: 1 } },
      'alarms.deletedTopics is not a setting; allowed: deletedTopicErrors, rateLimitedAnswers, oldestMessageMinutes',
    ],
    ['no app', { ...good, apps: [] }, 'apps is empty; name at least one app'],
    [
      'an app twice',
      { ...good, apps: [app, { ...app, sdkAppId: 2 }, app] },
      'apps[2].sdkAppId is 1400000001, as apps[0].sdkAppId is; name each app once',
    ],
    [
      'too many apps',
      { ...good, apps: Array.from({ length: 15 }, (_, index) => ({ ...app, sdkAppId: index + 1 })) },
      'apps has 15 entries; one stack holds 13, since CloudFormation takes 500 resources; move some to another stage',
    ],
    ['no schedule', { apps: [app] }, 'schedule is missing'],
    [
      'cron of five fields',
      withCron('0 3 * * *'),
      'schedule.cron is "0 3 * * *": expected 6 values, but got 5',
    ],
    [
      'cron with its function',
      withCron('cron(0 3 * * ? *)'),
      'schedule.cron is "cron(0 3 * * ? *)": give the six fields alone, without cron()',
    ],
    [
      'cron of an hour that is none',
      withCron('0 25 * * ? *'),
      "schedule.cron is \"0 25 * * ? *\": number '25' of hours field is bigger than upper limit '23'",
    ],
    [
      'cron of two kinds of days',
      withCron('0 3 1 * MON *'),
      'schedule.cron is "0 3 1 * MON *": day of month and day of week cannot both be given; write ? for one',
    ],
    [
      'cron that ends',
      withCron('0 3 * * ? 2027'),
      'schedule.cron is "0 3 * * ? 2027": the last field, the year, must be *',
    ],
    [
      'cron that is no text',
      withCron(3),
      'schedule.cron is 3; it must be an AWS cron expression of six fields, such as "0 3 * * ? *"',
    ],
    [
      'nights that are too far apart',
      withCron('0 3 ? * SUN *'),
      'schedule.cron leaves 168 hours between two runs; with closeWithinHours at most 168 are allowed, as far as an alarm looks back',
    ],
    [
      'nights of an app that are too far apart',
      withApp({ schedule: { ...schedule, cron: '0 3 1 * ? *' } }),
      'apps[0].schedule.cron leaves 744 hours between two runs; with closeWithinHours at most 168 are allowed, as far as an alarm looks back',
    ],
    [
      'a day that no year has',
      withCron('0 3 31 2 ? *'),
      'schedule.cron never fires; with closeWithinHours at most 168 are allowed, as far as an alarm looks back',
    ],
    [
      'time zone',
      { ...good, schedule: { ...schedule, timeZone: 'Mars/Olympus' } },
      'schedule.timeZone is "Mars/Olympus"; it must be the IANA name of a time zone, such as Asia/Shanghai',
    ],
    [
      'time zone as an offset',
      { ...good, schedule: { ...schedule, timeZone: '+08:00' } },
      'schedule.timeZone is "+08:00"; it must be the IANA name of a time zone, such as Asia/Shanghai',
    ],
    [
      'address',
      { ...good, notify: { alarms: ['ops'] } },
      'notify.alarms[0] is "ops"; it must be an e-mail address',
    ],
    [
      'address that is no list',
      { ...good, notify: { summaries: 'ops@example.com' } },
      'notify.summaries is "ops@example.com"; it must be a list of e-mail addresses',
    ],
    [
      'retention',
      { ...good, logRetentionDays: 31 },
      'logRetentionDays is 31; allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 9999',
    ],
    [
      'protection',
      { ...good, deletionProtection: 'no' },
      'deletionProtection is "no"; it must be true or false',
    ],
    [
      'kind of events',
      { ...good, events: ['removed'] },
      'events[0] is "removed"; allowed: created, updated, deleted, restored',
    ],
    [
      'name of the stack',
      { ...good, stackName: 'topic_mirror' },
      'stackName is "topic_mirror"; it must be letters, digits and hyphens, a letter first, 100 at most',
    ],
    ['account', { ...good, account: '1234' }, 'account is "1234"; it must be an AWS account, 12 digits'],
    [
      'existing table, named by itself',
      { ...good, existingTable: 'topic-mirror-restored' },
      'existingTable is "topic-mirror-restored"; it must be the ARN of the table’s stream, which aws dynamodb describe-table shows as LatestStreamArn',
    ],
    [
      'existing table, in another region',
      { ...good, existingTable: STREAM, region: 'eu-central-1' },
      'existingTable is in ap-southeast-1; the stage is deployed to eu-central-1, and a table is where its stack is',
    ],
    [
      'existing table, in another account',
      { ...good, existingTable: STREAM, account: '444455556666' },
      'existingTable is in account 111122223333; the stage is deployed to 444455556666, and a table is where its stack is',
    ],
    [
      'warm throughput of an existing table',
      { ...good, existingTable: STREAM, warmThroughput: { writeUnitsPerSecond: 8000 } },
      'warmThroughput is for the table that a stack makes; set that of an existing one with aws dynamodb update-table',
    ],
    [
      'warm throughput below a new table’s',
      { ...good, warmThroughput: { writeUnitsPerSecond: 3999 } },
      'warmThroughput.writeUnitsPerSecond is 3999; it must be a whole number from 4000 to 40000, what a new table takes and the quota of a table',
    ],
    [
      'warm throughput of reads above the quota',
      { ...good, warmThroughput: { writeUnitsPerSecond: 8000, readUnitsPerSecond: 50_000 } },
      'warmThroughput.readUnitsPerSecond is 50000; it must be a whole number from 12000 to 40000, what a new table takes and the quota of a table',
    ],
    [
      'warm throughput without writes',
      { ...good, warmThroughput: {} },
      'warmThroughput.writeUnitsPerSecond is missing',
    ],
  ])('with a wrong %s ends with one line', (_what, stage, line) => {
    expect(lineOf(stage)).toBe(`stage test: ${line}`);
  });

  it('that is no object says what it would be', () => {
    expect(lineOf('production')).toMatch(/^stage test: it must be an object with apps, schedule, .*region$/);
    expect(lineOf({ ...good, notify: 'ops@example.com' })).toBe(
      'stage test: notify must be an object with alarms, summaries',
    );
  });

  it('that holds the secret key in the place of its name does not show it', () => {
    const key = 'ab'.repeat(32);
    expect(lineOf(withApp({ secretId: key }))).toBe(
      'stage test: apps[0].secretId looks like the secret key itself; put the key into Secrets Manager and name the secret here',
    );
    expect(lineOf(withApp({ secretKey: key }))).not.toContain(key);
  });
});

describe('a stage file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-stage-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('of infra/stages is loaded by its name, another by its path', async () => {
    expect(await loadStage('production')).toMatchObject({ stackName: 'TopicMirror-production' });
    const path = file('nightly.ts', `export default ${JSON.stringify(good)};`);
    expect(await loadStage(path)).toMatchObject({ stackName: 'TopicMirror-nightly', apps: [app] });
  });

  it.each<[string, () => string, RegExp]>([
    [
      'that does not exist',
      () => 'staging',
      /^stage staging: infra\/stages\/staging\.ts does not exist; copy infra\/stages\/production\.ts to it and edit it, or name another stage with -c stage=NAME$/,
    ],
    [
      'whose name leads elsewhere',
      () => '../production',
      /^stage "\.\.\/production": name a stage of infra\/stages, or a path that ends in \.ts$/,
    ],
    [
      'that exports nothing',
      () => file('empty.ts', 'export const stage = {};'),
      /^stage empty: .*empty\.ts exports no stage; write export default defineStage\(\{ … \}\)$/,
    ],
    [
      'that fails',
      () => file('failing.ts', "throw new Error('no key at hand');"),
      /^stage failing: .*failing\.ts cannot be read: Error: no key at hand$/,
    ],
  ])('%s ends with one line that says what to do', async (_what, path, line) => {
    await expect(loadStage(path())).rejects.toThrow(StageError);
    await expect(loadStage(path())).rejects.toThrow(line);
  });
});
