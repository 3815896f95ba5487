import { Annotations, type Stack } from 'aws-cdk-lib';
import { scheduleOf } from './checkStage.ts';
import type { Stage } from './stage.ts';
import { skippedDay } from './timeZone.ts';

/** SDKAppID of the stage that is shipped as an example. */
const EXAMPLE_APP = 1_400_000_000;

/** Has synth say what is no mistake, but seldom meant. */
export function warn(stack: Stack, stage: Stage): void {
  const say = (id: string, text: string) => Annotations.of(stack).addWarningV2(`topic-mirror:${id}`, text);
  const { apps, notify } = stage;
  if (apps.some(({ sdkAppId }) => sdkAppId === EXAMPLE_APP)) {
    say('example-app', `${EXAMPLE_APP} is the example's SDKAppID; put your own into the stage file`);
  }
  if (notify.alarms.length === 0) {
    say('nobody-alarmed', 'notify.alarms is empty: alarms will ring where nobody hears them');
  }
  for (const app of apps) {
    const { cron, timeZone } = scheduleOf(stage, app);
    const day = skippedDay(cron, timeZone);
    if (day === undefined) continue;
    say(
      `skipped-night-${app.sdkAppId}`,
      `app ${app.sdkAppId} has no run on ${day}: the clocks of ${timeZone} pass over the time of "${cron}"`,
    );
  }
}
