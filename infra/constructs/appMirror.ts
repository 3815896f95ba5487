import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { TABLE } from '../../shared/catalog/table.ts';
import { environmentsOf } from '../appEnvironment.ts';
import { batchesOf } from '../batches.ts';
import { scheduleOf } from '../checkStage.ts';
import { consume, enterApp, measure, onAppItems, queryAppIndex, readSecret, sendTo } from '../permissions.ts';
import type { Stage } from '../stage.ts';
import type { AppSettings } from '../stageApp.ts';
import { MirrorFunction } from './mirrorFunction.ts';
import { NightSchedule } from './nightSchedule.ts';
import { DeadLetterQueue, WorkQueue } from './queues.ts';

export interface AppMirrorProps {
  readonly app: AppSettings;
  readonly table: ITableV2;
}

/** How long the functions may run. */
const TIMEOUTS = {
  /** Lambda's longest: 900 pages of 10,000 communities, at the list's 1 call a second. */
  list: Duration.minutes(15),
  /** An answer, its retries, and 10 s that are kept back for the writes. */
  sync: Duration.seconds(60),
  /** It walks every stamp: those of 100,000 communities are 100 pages of 1 MB, read one after the other. */
  close: Duration.minutes(5),
};

/** All that belongs to one app: its schedule, queues, functions. Nothing of it can touch another app's items. */
export class AppMirror extends Construct {
  readonly communities: WorkQueue;
  readonly closing: WorkQueue;
  /** Scheduled events that could not be delivered, or that the function failed on. */
  readonly lostNights: DeadLetterQueue;
  readonly listCommunities: MirrorFunction;
  readonly syncCommunity: MirrorFunction;
  readonly closeRun: MirrorFunction;

  constructor(scope: Construct, id: string, stage: Stage, { app, table }: AppMirrorProps) {
    super(scope, id);
    this.communities = new WorkQueue(this, 'Communities', TIMEOUTS.sync);
    this.closing = new WorkQueue(this, 'Closing', TIMEOUTS.close);
    this.lostNights = new DeadLetterQueue(this, 'LostNights');
    const { list, sync, close } = environmentsOf(stage, app, {
      table: table.tableName,
      communitiesQueue: this.communities.queueUrl,
      closingQueue: this.closing.queueUrl,
    });

    this.listCommunities = new MirrorFunction(this, 'ListCommunities', stage, {
      entry: 'list-communities',
      description: `App ${app.sdkAppId}: lists its communities and queues them`,
      timeout: TIMEOUTS.list,
      // Pages of 10,000 ids and their messages, up to 10 batches under way: about 150 MB.
      memorySize: 512,
      environment: list,
      statements: [
        onAppItems(table, app, 'GetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem'),
        queryAppIndex(table, app, TABLE.indexes.attention.name),
        enterApp(table),
        sendTo(this.communities, this.closing, this.lostNights),
        ...readSecret(this, app),
      ],
    });
    this.syncCommunity = new MirrorFunction(this, 'SyncCommunity', stage, {
      entry: 'sync-community',
      description: `App ${app.sdkAppId}: mirrors the communities of a batch`,
      timeout: TIMEOUTS.sync,
      // Up to fifty answers at once, parsed and compared, on a quarter of a processor; most are a few kilobytes.
      memorySize: 512,
      environment: sync,
      statements: [
        onAppItems(
          table,
          app,
          'GetItem',
          'BatchGetItem',
          'PutItem',
          'UpdateItem',
          'Query',
          'BatchWriteItem',
          'PartiQLInsert',
        ),
        consume(this.communities),
        ...readSecret(this, app),
      ],
    });
    this.closeRun = new MirrorFunction(this, 'CloseRun', stage, {
      entry: 'close-run',
      description: `App ${app.sdkAppId}: ends a run once its queue is drained`,
      timeout: TIMEOUTS.close,
      // The walk over the stamps is work for the processor: half of one.
      memorySize: 1024,
      environment: close,
      wakesItself: true,
      statements: [
        onAppItems(table, app, 'GetItem', 'UpdateItem', 'Query'),
        consume(this.closing),
        sendTo(this.communities, this.closing),
        measure(this.communities),
      ],
    });
    this.connect(stage, app);
  }

  private connect(stage: Stage, app: AppSettings): void {
    const maxConcurrency = app.maxConcurrency ?? stage.maxConcurrency;
    this.syncCommunity.addEventSource(
      new SqsEventSource(this.communities, {
        ...batchesOf(app.callsPerSecond, maxConcurrency),
        maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    this.closeRun.addEventSource(
      new SqsEventSource(this.closing, { batchSize: 1, reportBatchItemFailures: true }),
    );
    this.listCommunities.configureAsyncInvoke({
      retryAttempts: 2,
      onFailure: new SqsDestination(this.lostNights),
    });
    new NightSchedule(this, 'Night', {
      description: `App ${app.sdkAppId}: begins a run`,
      schedule: scheduleOf(stage, app),
      target: this.listCommunities,
      deadLetters: this.lostNights,
      giveUpAfter: Duration.hours(stage.closeWithinHours),
    });
  }
}
