import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { ENV } from '../../shared/config.ts';
import { metricsNamespace } from '../appEnvironment.ts';
import { publishEvents, readStream, sendTo } from '../permissions.ts';
import type { Stage } from '../stage.ts';
import { MirrorFunction } from './mirrorFunction.ts';
import { DeadLetterQueue } from './queues.ts';

/** What of the table's stream is told: new history entries, and runs that have ended. Filtering costs nothing. */
function filtersFor({ events }: Stage) {
  const changes = {
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { NewImage: { itemType: { S: FilterRule.isEqual('change') }, kind: { S: events } } },
  };
  const closedRuns = {
    eventName: FilterRule.isEqual('MODIFY'),
    dynamodb: {
      NewImage: {
        itemType: { S: FilterRule.isEqual('run') },
        status: { S: FilterRule.or('COMPLETE', 'INCOMPLETE', 'HELD') },
      },
      OldImage: { status: { S: FilterRule.isEqual('RUNNING') } },
    },
  };
  return [...(events.length > 0 ? [changes] : []), closedRuns].map((filter) => FilterCriteria.filter(filter));
}

/** Turns the table's stream into events on a bus of the deployment's own. */
export class ChangeEvents extends Construct {
  readonly bus: EventBus;
  readonly publishChanges: MirrorFunction;
  /** Where in the stream the records are that were given up. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, stage: Stage, table: ITableV2) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: `${stage.stackName}-changes` });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    this.publishChanges = new MirrorFunction(this, 'PublishChanges', stage, {
      entry: 'publish-changes',
      description: 'Publishes changes of topics and ends of runs as events',
      // A batch of 100 is 10 requests of some milliseconds; the rest is for repeating what the bus refused.
      timeout: Duration.minutes(1),
      memorySize: 512,
      environment: {
        [ENV.eventBus]: this.bus.eventBusName,
        [ENV.metricsNamespace]: metricsNamespace(stage),
      },
      statements: [readStream(table), publishEvents(this.bus), sendTo(this.deadLetters)],
    });
    this.publishChanges.addEventSource(this.source(stage, table));
    this.acknowledgeStreams(table);
  }

  private acknowledgeStreams(table: ITableV2): void {
    const made = table.node.defaultChild as CfnElement | undefined;
    const arn = made ? `<${Stack.of(this).getLogicalId(made)}.Arn>` : table.tableArn;
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn}/stream/*]`,
      reason:
        'ListStreams is asked of all streams of a table; a table has one at a time, under a name made of its date.',
    });
  }

  private source(stage: Stage, table: ITableV2): DynamoEventSource {
    return new DynamoEventSource(table, {
      // From the beginning: what is written before the event source is ready must not be lost.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: filtersFor(stage),
      batchSize: 100,
      parallelizationFactor: 1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // As long as the stream keeps its records.
      maxRecordAge: Duration.hours(24),
      onFailure: new SqsDlq(this.deadLetters),
    });
  }
}
