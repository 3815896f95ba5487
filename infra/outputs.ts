import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { APP_OUTPUTS, appOutput, OUTPUTS } from '../shared/deployment.ts';
import type { AppMirror } from './constructs/appMirror.ts';
import type { Stage } from './stage.ts';
import type { AppSettings } from './stageApp.ts';

export interface Deployed {
  readonly table: TableV2;
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

/** What the command line finds an app's queues and function by. */
export function addAppOutputs(stack: Stack, { sdkAppId }: AppSettings, mirror: AppMirror): void {
  addAll(stack, {
    [appOutput(sdkAppId, APP_OUTPUTS.communitiesQueue)]: mirror.communities.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.closingQueue)]: mirror.closing.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.deadLetterQueue)]: mirror.communities.deadLetters.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.closingDeadLetterQueue)]: mirror.closing.deadLetters.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.lostNightsQueue)]: mirror.lostNights.queueUrl,
    [appOutput(sdkAppId, APP_OUTPUTS.listFunction)]: mirror.listCommunities.functionName,
  });
}

function addAll(stack: Stack, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
}
