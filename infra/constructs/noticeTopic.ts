import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/**
 * A topic that tells people by e-mail. Not encrypted with AWS's own key for SNS: CloudWatch may not use that one,
 * and alarms would be lost without a word (docs.aws.amazon.com, "Using Amazon SNS alarm actions").
 */
export class NoticeTopic extends Topic {
  constructor(scope: Construct, id: string, displayName: string, addresses: readonly string[]) {
    super(scope, id, { displayName, enforceSSL: true });
    for (const address of new Set(addresses)) this.addSubscription(new EmailSubscription(address));
  }
}
