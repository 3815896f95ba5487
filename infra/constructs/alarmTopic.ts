import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FROM_THIS_ACCOUNT } from '../permissions.ts';
import type { Stage } from '../stage.ts';
import { NoticeTopic } from './noticeTopic.ts';

/** Tells people of alarms, and knows every alarm that does. */
export class AlarmTopic extends NoticeTopic {
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, { notify, stackName }: Stage) {
    super(scope, id, 'Topic Mirror: alarms', notify.alarms);
    // A topic with a policy of its own has lost the one that lets its account publish.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: {
          ...FROM_THIS_ACCOUNT,
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: `${stackName} *`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
  }

  /** Has an alarm tell of itself, and of its end when that is asked for. */
  hear(alarm: Alarm, withEnd = false): void {
    const action = new SnsAction(this);
    alarm.addAlarmAction(action);
    if (withEnd) alarm.addOkAction(action);
    this.alarms.push(alarm);
  }
}
