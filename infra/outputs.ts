import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { APP_OUTPUTS, appOutput, OUTPUTS } from '../shared/deployment.ts';
import { scheduleOf } from './checkStage.ts';
import type { AppMirror } from './constructs/appMirror.ts';
import type { TableExports } from './constructs/tableExports.ts';
import type { Stage } from './stage.ts';
import type { AppSettings } from './stageApp.ts';

export interface Deployed {
  readonly table: ITableV2;
  readonly bus: EventBus;
  readonly summaries: ITopic;
  readonly alarms: ITopic;
  readonly dashboard: Dashboard;
}

/** What the command line and people find a deployment by. */
export function addOutputs(stack: Stack, { apps }: Stage, deployed: Deployed): void {
  const { region } = stack;
  const dashboards = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards`;
  addAll(stack, {
    [OUTPUTS.table]: deployed.table.tableName,
    [OUTPUTS.eventBus]: deployed.bus.eventBusName,
    [OUTPUTS.summaryTopic]: deployed.summaries.topicArn,
    [OUTPUTS.alarmTopic]: deployed.alarms.topicArn,
    [OUTPUTS.dashboard]: `${dashboards}/dashboard/${deployed.dashboard.dashboardName}`,
    [OUTPUTS.apps]: apps.map(({ sdkAppId }) => sdkAppId).join(','),
  });
}

/** What the command line finds an app's queues and functions by, and when its nights begin. */
export function addAppOutputs(stack: Stack, stage: Stage, app: AppSettings, mirror: AppMirror): void {
  const { sdkAppId } = app;
  const { cron, timeZone } = scheduleOf(stage, app);
  addAll(stack, {
    [appOutput(sdkAppId, APP_OUTPUTS.communitiesQueue)]: mirror.communities.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.closingQueue)]: mirror.closing.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.deadLetterQueue)]: mirror.communities.deadLetters.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.closingDeadLetterQueue)]: mirror.closing.deadLetters.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.lostNightsQueue)]: mirror.lostNights.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.listFunction)]: mirror.listCommunities.functionName,
    [appOutput(sdkAppId, APP_OUTPUTS.syncFunction)]: mirror.syncCommunity.functionName,
    [appOutput(sdkAppId, APP_OUTPUTS.schedule)]: `${cron} ${timeZone}`,
  });
}

/** Where a stage's exports are found. */
export function addExportOutput(stack: Stack, { bucket }: TableExports): void {
  addAll(stack, { [OUTPUTS.exportBucket]: bucket.bucketName });
}

function addAll(stack: Stack, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
}
