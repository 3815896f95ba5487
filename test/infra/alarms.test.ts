import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { QUERIES } from '../../infra/dashboardQueries.ts';
import { METRICS } from '../../shared/metrics.ts';
import { APP, OTHER, ofType, synthesise, type Template } from './synthesised.ts';

// The library takes seconds to load on a busy machine.
jest.setTimeout(30_000);

interface MetricStat {
  readonly Metric: {
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  };
}

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly { readonly Expression?: string; readonly MetricStat?: MetricStat }[];
  readonly Threshold: number;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
}

// With all that a stage can have, so that every alarm is there.
const template = synthesise({ exports: {} });
const alarmsIn = (from: Template) => [...ofType<Alarm>(from, 'AWS::CloudWatch::Alarm').values()];

/** The app's alarm with such a title. */
function alarm(title: string, from = template): Alarm {
  const found = alarmsIn(from).find(({ AlarmName }) => AlarmName === `TopicMirror-test ${title}`);
  if (!found) throw new Error(`no alarm is called ${title}`);
  return found;
}

const of = (title: string) => `${APP.sdkAppId} ${title}`;

describe('every alarm', () => {
  it('says what it means and does to people, and links its entry of the runbook', () => {
    for (const { AlarmDescription } of alarmsIn(template)) {
      expect(AlarmDescription).toMatch(
        /^[A-Z][^\n]+\.\nImpact: [^\n]+\.\nRunbook: docs\/runbook\.md#[a-z-]+$/,
      );
    }
  });

  it('tells of itself on the topic of alarms, which lets alarms publish', () => {
    const [topic] = [...ofType<{ DisplayName: string }>(template, 'AWS::SNS::Topic')].flatMap(
      ([id, { DisplayName }]) => (DisplayName.includes('alarms') ? [id] : []),
    );
    for (const { AlarmActions } of alarmsIn(template)) expect(AlarmActions).toEqual([{ Ref: topic }]);
    const policies = [
      ...ofType<{ Topics: unknown[]; PolicyDocument: { Statement: unknown[] } }>(
        template,
        'AWS::SNS::TopicPolicy',
      ).values(),
    ];
    const own = policies.find(({ Topics }) => JSON.stringify(Topics) === JSON.stringify([{ Ref: topic }]));
    expect(own?.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    );
  });

  it('links the runbook where the stage says that it is read', () => {
    const linked = synthesise({ runbookUrl: 'https://wiki.example.com/mirror' });
    expect(alarm(of('dead letters'), linked).AlarmDescription).toContain(
      '\nRunbook: https://wiki.example.com/mirror#dead-letters',
    );
  });

  it('stands on the dashboard', () => {
    const [dashboard] = ofType<{ DashboardBody: unknown }>(template, 'AWS::CloudWatch::Dashboard').values();
    const body = JSON.stringify(dashboard);
    const ids = [...ofType(template, 'AWS::CloudWatch::Alarm').keys()];
    expect(ids.filter((id) => !body.includes(id))).toEqual([]);
  });

  it('has an entry in the runbook, and every entry an alarm', () => {
    const entries = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.+)$/gm)].map(
      ([, title = '']) => title.toLowerCase().replaceAll(' ', '-'),
    );
    const linked = alarmsIn(template).map(({ AlarmDescription }) => AlarmDescription.split('#').at(-1));
    expect(entries.toSorted()).toEqual(linked.toSorted());
  });

  it('of another app has the same title and that app in its name', () => {
    const two = synthesise({ apps: [APP, OTHER] });
    const titles = (sdkAppId: number) =>
      alarmsIn(two)
        .filter(({ AlarmName }) => AlarmName.includes(` ${sdkAppId} `))
        .map(({ AlarmName }) => AlarmName.replace(String(sdkAppId), 'app'));
    expect(titles(OTHER.sdkAppId)).toEqual(titles(APP.sdkAppId));
    expect(titles(APP.sdkAppId)).toHaveLength(12);
  });
});

describe('the runbook', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8').replaceAll(/\$\{?APP\}?/g, String(APP.sdkAppId));

  it('has what an operator reads in each entry, in the same order', () => {
    const entries = runbook.split(/^## /m).slice(1);
    for (const entry of entries) {
      const parts = [...entry.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['Meaning', 'Impact', 'Investigation', 'Resolution']);
    }
  });

  it('looks for resources that the stack has', () => {
    const sought = [
      ...runbook.matchAll(/(?:find_one (AWS::\S+) |logs |waiting |peek |put_back )"?([A-Z]\w+)(?![\w$])/g),
    ];
    expect(sought.length).toBeGreaterThan(20);
    const ids = Object.entries(template.Resources);
    for (const [what, type, prefix = ''] of sought) {
      const kind = type ?? (what?.startsWith('logs') ? 'AWS::Logs::LogGroup' : 'AWS::SQS::Queue');
      const found = ids.filter(([id, { Type }]) => Type === kind && id.startsWith(prefix));
      expect([what, found.length]).toEqual([what, 1]);
    }
  });

  it('goes through lists of them that are all there', () => {
    const named = [...runbook.matchAll(/^for \w in ([\w ]+);/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(named.length).toBeGreaterThan(7);
    const ids = Object.keys(template.Resources);
    expect(named.filter((name) => !ids.some((id) => id.includes(name)))).toEqual([]);
  });
});

describe('the metrics that the functions count', () => {
  it('are watched each, by the app and in the namespace of the stack', () => {
    const watched = alarmsIn(template).filter(
      ({ Namespace }) => Namespace === 'TopicMirror/TopicMirror-test',
    );
    expect(watched.map(({ MetricName }) => MetricName).toSorted()).toEqual(Object.values(METRICS).toSorted());
    for (const { Dimensions } of watched) {
      expect(Dimensions).toEqual([{ Name: 'SdkAppId', Value: String(APP.sdkAppId) }]);
    }
  });

  it('ring at the numbers of the stage', () => {
    const alarms = { deletedTopicErrors: 7, rateLimitedAnswers: 8, oldestMessageMinutes: 9 };
    const tuned = synthesise({ alarms });
    const thresholds = ['deleted topics', 'rate limited', 'old messages'].map(
      (title) => alarm(of(title), tuned).Threshold,
    );
    expect(thresholds).toEqual([7, 8, 9 * 60]);
  });
});

describe('what is throttled', () => {
  /** The metrics that an alarm sums, each with the values of its dimensions. */
  const summed = ({ Metrics = [] }: Alarm) =>
    Metrics.flatMap(({ MetricStat }) => {
      const { MetricName, Dimensions } = MetricStat?.Metric ?? { MetricName: undefined, Dimensions: [] };
      return MetricName === undefined ? [] : [[MetricName, ...Dimensions.map(({ Value }) => Value)]];
    });

  it('is looked for in the functions of the app, one and all', () => {
    const functions = [...ofType<{ Description: string }>(template, 'AWS::Lambda::Function')];
    const ofApp = functions.filter(([, { Description }]) => Description.startsWith('App '));
    expect(summed(alarm(of('functions throttled')))).toEqual(ofApp.map(([id]) => ['Throttles', { Ref: id }]));
  });

  it('is looked for in the table, and in each index that a write has to pass', () => {
    const [[id] = []] = ofType(template, 'AWS::DynamoDB::GlobalTable');
    const table = { Ref: id };
    expect(summed(alarm('table throttled'))).toEqual([
      ['ReadThrottleEvents', table],
      ['WriteThrottleEvents', table],
      // CloudWatch sorts dimensions by their names.
      ['WriteThrottleEvents', 'changes-by-day', table],
      ['WriteThrottleEvents', 'attention', table],
    ]);
  });
});

describe('dropped slots', () => {
  it.each([
    [195, 2925],
    [10, 150],
  ])('of an app with %d calls a second are noticed from %d in five minutes on, 5 % of them', (rate, many) => {
    const paced = synthesise({ apps: [{ ...APP, callsPerSecond: rate }] });
    expect(alarm(of('slots dropped'), paced)).toMatchObject({ Threshold: many, Period: 300 });
  });
});

describe('that no run closed', () => {
  it('is noticed after a night and the time that a run may take, even if nothing at all is counted', () => {
    expect(alarm(of('no run closed'))).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      Period: 3600,
      EvaluationPeriods: 27,
      DatapointsToAlarm: 27,
      TreatMissingData: 'breaching',
    });
  });

  it.each([
    ['0 3 ? * MON-FRI *', 'UTC', 3, 75],
    ['0 3 * * ? *', 'Europe/Berlin', 3, 28],
    ['0 1,13 * * ? *', 'UTC', 5, 17],
  ])(
    'with %s in %s and %d hours to close in is noticed after %d hours',
    (cron, timeZone, closeWithinHours, hours) => {
      const other = synthesise({ schedule: { cron, timeZone }, closeWithinHours });
      expect(alarm(of('no run closed'), other).EvaluationPeriods).toBe(hours);
    },
  );

  it('is the only trouble whose end is told', () => {
    const told = alarmsIn(template).filter(({ OKActions }) => OKActions !== undefined);
    expect(told.map(({ AlarmName }) => AlarmName)).toEqual([`TopicMirror-test ${of('no run closed')}`]);
  });
});

describe('dead letters', () => {
  it('of any queue that holds them are noticed', () => {
    const watched = alarmsIn(template)
      .filter(({ AlarmName }) => /(dead letters|exports lost)$/.test(AlarmName))
      .map((one) => JSON.stringify(one.Metrics));
    const queues = [...ofType<{ MessageRetentionPeriod: number }>(template, 'AWS::SQS::Queue')];
    const letters = queues.filter(([, { MessageRetentionPeriod }]) => MessageRetentionPeriod === 14 * 86_400);
    expect(letters).toHaveLength(6);
    for (const [id] of letters) expect(watched.filter((metrics) => metrics.includes(id))).toHaveLength(1);
  });
});

describe('what a run is found to be', () => {
  it.each(['deletions held', 'run incomplete'])('stands until the next one is closed (%s)', (title) => {
    expect(alarm(of(title))).toMatchObject({ Threshold: 1, TreatMissingData: 'ignore' });
  });
});

describe('the dashboard', () => {
  it('asks four questions, and reads the answers from the log of publish-changes', () => {
    const [dashboard] = ofType<{ DashboardBody: { 'Fn::Join': [string, unknown[]] } }>(
      template,
      'AWS::CloudWatch::Dashboard',
    ).values();
    const body = dashboard?.DashboardBody['Fn::Join'][1].map((part) =>
      typeof part === 'string' ? part : 'x',
    );
    const { widgets } = JSON.parse(body?.join('') ?? '') as {
      widgets: { type: string; properties: { markdown?: string } }[];
    };
    expect(widgets.flatMap(({ properties }) => properties.markdown ?? [])).toEqual([
      '## Did last night work?',
      '## How fast was it?',
      '## What changed?',
      '## What did it cost?',
    ]);
    expect(widgets.filter(({ type }) => type === 'log')).toHaveLength(Object.keys(QUERIES).length);
  });
});
