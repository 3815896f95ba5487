import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A queue of what nobody could do, kept as long as SQS keeps anything: 14 days. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where dead letters go, those of a function or a schedule included.',
    });
  }
}

/** Deliveries after which a message is a dead letter: AWS advises 5 at least, so that throttling costs none. */
const RECEIVE_LIMIT = 5;

/**
 * Six times the consumer's timeout, as AWS advises: a batch that Lambda throttles is delivered again by the event
 * source meanwhile (docs.aws.amazon.com, Lambda with SQS).
 */
const VISIBILITY_FACTOR = 6;

/** A queue with dead letters of its own, so that those who put them back need not tell messages apart. */
export class WorkQueue extends Queue {
  readonly deadLetters: DeadLetterQueue;

  /** @param consumerTimeout of the function that the queue feeds */
  constructor(scope: Construct, name: string, consumerTimeout: Duration) {
    const deadLetters = new DeadLetterQueue(scope, `${name}DeadLetters`);
    super(scope, `${name}Queue`, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * VISIBILITY_FACTOR),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: RECEIVE_LIMIT },
    });
    this.deadLetters = deadLetters;
  }
}
