import { Duration, type Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmTopic } from './constructs/alarmTopic.ts';
import type { ChangeEvents } from './constructs/changeEvents.ts';
import { QUERIES, type Query } from './dashboardQueries.ts';
import type { Stage } from './stage.ts';

/** Columns of a dashboard (docs.aws.amazon.com, "Dashboard body structure and syntax"). */
const WIDTH = 24;

/**
 * Four rows, a question each. The tables are read from the line that publish-changes logs of every closed run:
 * metrics for all of it would cost more a month than the table does.
 */
export function addDashboard(
  stack: Stack,
  stage: Stage,
  events: ChangeEvents,
  alarms: AlarmTopic,
): Dashboard {
  const dashboard = new Dashboard(stack, 'Dashboard', {
    dashboardName: stage.stackName,
    defaultInterval: Duration.days(14),
    periodOverride: PeriodOverride.INHERIT,
  });
  const { logGroupName } = events.publishChanges.logGroup;
  const row = (question: string, ...widgets: IWidget[]) => {
    dashboard.addWidgets(new TextWidget({ markdown: `## ${question}`, width: WIDTH, height: 1 }));
    dashboard.addWidgets(...widgets);
  };
  row('Did last night work?', table(QUERIES.nights, logGroupName, 16), ...statusOf(alarms));
  row('How fast was it?', table(QUERIES.pace, logGroupName, WIDTH));
  row('What changed?', table(QUERIES.changes, logGroupName, WIDTH));
  row('What did it cost?', table(QUERIES.cost, logGroupName, WIDTH));
  return dashboard;
}

function table({ title, lines }: Query, logGroupName: string, width: number): LogQueryWidget {
  return new LogQueryWidget({
    title,
    logGroupNames: [logGroupName],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [...lines],
    width,
    height: 7,
  });
}

/** Alarms that one widget takes (docs.aws.amazon.com, "Dashboard body structure and syntax"). */
const ALARMS_SHOWN = 100;

function statusOf({ alarms }: AlarmTopic): AlarmStatusWidget[] {
  const pages = Math.ceil(alarms.length / ALARMS_SHOWN);
  return Array.from({ length: pages }, (_, page) => {
    const shown = alarms.slice(page * ALARMS_SHOWN, (page + 1) * ALARMS_SHOWN);
    return new AlarmStatusWidget({ title: 'Alarms', alarms: shown, width: 8, height: 7 });
  });
}
