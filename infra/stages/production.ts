import { defineStage } from '../stage.ts';

/** The stage that is deployed unless another is named: `npx cdk deploy [-c stage=NAME]`. */
export default defineStage({
  apps: [
    {
      // The example's SDKAppID: put yours here.
      sdkAppId: 1400000000,
      // china, singapore, seoul, tokyo, frankfurt, silicon-valley, jakarta or riyadh.
      region: 'singapore',
      // A secret in Secrets Manager whose text is the app's secret key from the Chat console.
      secretId: 'topic-mirror/1400000000',
    },
  ],
  // Every night at 3:00: minute, hour, day of month, month, day of week, year.
  schedule: { cron: '0 3 * * ? *', timeZone: 'Asia/Singapore' },
  notify: {
    // Who is told of alarms, and who gets the summary of every run. Each address has to confirm by e-mail.
    alarms: [],
    summaries: [],
  },
});
