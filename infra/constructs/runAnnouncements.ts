import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { TABLE } from '../../shared/catalog/table.ts';
import { ENV } from '../../shared/config.ts';
import { DETAIL_TYPES, EVENT_SOURCE } from '../../shared/events.ts';
import { publishTo, queryIndex, sendTo } from '../permissions.ts';
import type { Stage } from '../stage.ts';
import { MirrorFunction } from './mirrorFunction.ts';
import { DeadLetterQueue } from './queues.ts';

export interface RunAnnouncementsProps {
  readonly table: ITableV2;
  readonly bus: EventBus;
  readonly summaries: ITopic;
}

/** Tells people of the end of every run: a subscriber of the bus like any other. */
export class RunAnnouncements extends Construct {
  readonly announceRun: MirrorFunction;
  /** Ends of runs that nobody was told of. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, stage: Stage, { table, bus, summaries }: RunAnnouncementsProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.announceRun = new MirrorFunction(this, 'AnnounceRun', stage, {
      entry: 'announce-run',
      description: 'Sends the summary of a run, with every deleted topic and how to restore it',
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: {
        [ENV.table]: table.tableName,
        [ENV.summaryTopic]: summaries.topicArn,
        [ENV.stack]: stage.stackName,
      },
      statements: [
        queryIndex(table, TABLE.indexes.attention.name),
        publishTo(summaries),
        sendTo(this.deadLetters),
      ],
    });
    // The bus hands the event over and is done: what the function fails on is Lambda's to keep.
    this.announceRun.configureAsyncInvoke({
      retryAttempts: 2,
      onFailure: new SqsDestination(this.deadLetters),
    });
    new Rule(this, 'RunClosed', {
      description: 'Runs that have ended',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: [DETAIL_TYPES.runClosed] },
      targets: [
        new LambdaFunction(this.announceRun, {
          deadLetterQueue: this.deadLetters,
          // A summary is of use until the next one.
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
