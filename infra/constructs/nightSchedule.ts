import type { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FROM_THIS_ACCOUNT, sendTo } from '../permissions.ts';
import type { Schedule } from '../stageApp.ts';

export interface NightScheduleProps {
  readonly description: string;
  readonly schedule: Schedule;
  readonly target: IFunction;
  /** Takes events that could not be delivered. */
  readonly deadLetters: IQueue;
  /** A night that could not begin by then does not begin: an alarm has told someone, who may have begun one. */
  readonly giveUpAfter: Duration;
}

/** Begins a run every night. The run's id is the scheduled time, so an event that comes twice is one run. */
export class NightSchedule extends Construct {
  constructor(scope: Construct, id: string, props: NightScheduleProps) {
    super(scope, id);
    const { description, schedule, target, deadLetters, giveUpAfter } = props;
    new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: `cron(${schedule.cron})`,
      scheduleExpressionTimezone: schedule.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: this.roleFor(target, deadLetters).roleArn,
        input: JSON.stringify({ scheduledTime: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: deadLetters.queueArn },
        // Attempts are the Scheduler's most: the age is what ends them.
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: giveUpAfter.toSeconds() },
      },
    });
  }

  private roleFor(target: IFunction, deadLetters: IQueue): Role {
    const invoke = new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [target.functionArn],
    });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: FROM_THIS_ACCOUNT }),
      inlinePolicies: { Schedule: new PolicyDocument({ statements: [invoke, sendTo(deadLetters)] }) },
    });
  }
}
