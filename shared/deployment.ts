/**
 * Names of a deployed stack's outputs: the infrastructure writes them, the command line finds its way by them.
 */
export const OUTPUTS = {
  table: 'CatalogTableName',
  eventBus: 'ChangeEventBusName',
  summaryTopic: 'SummaryTopicArn',
  alarmTopic: 'AlarmTopicArn',
  dashboard: 'DashboardUrl',
  /** Where the table is exported to; only of a stage that has it exported. */
  exportBucket: 'ExportBucketName',
  /** SDKAppIDs of the stack's apps, separated by commas. */
  apps: 'Apps',
} as const;

/** What the stack tells of each app; the output's name is `App<SDKAppID><what>`. */
export const APP_OUTPUTS = {
  communitiesQueue: 'CommunitiesQueueUrl',
  closingQueue: 'ClosingQueueUrl',
  deadLetterQueue: 'DeadLetterQueueUrl',
  closingDeadLetterQueue: 'ClosingDeadLetterQueueUrl',
  lostNightsQueue: 'LostNightsQueueUrl',
  listFunction: 'ListCommunitiesFunctionName',
  syncFunction: 'SyncCommunityFunctionName',
  schedule: 'Schedule',
} as const;

export type AppOutput = (typeof APP_OUTPUTS)[keyof typeof APP_OUTPUTS];

/** Name of an app's output, such as `App1400000000CommunitiesQueueUrl`. */
export function appOutput(sdkAppId: number, what: AppOutput): string {
  return `App${sdkAppId}${what}`;
}
