import { describe, expect, it, jest } from '@jest/globals';
import {
  APP,
  idIn,
  type LambdaFunction,
  list,
  OTHER,
  ofType,
  type Statement,
  statementsOf,
  synthesise,
} from './synthesised.ts';

// The library takes seconds to load on a busy machine.
jest.setTimeout(30_000);

const template = synthesise({ apps: [APP, OTHER] });

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly (Statement & { readonly Principal: unknown })[] };
}

interface Function extends LambdaFunction {
  readonly RecursiveLoop?: string;
}

const functions = ofType<Function>(template, 'AWS::Lambda::Function');

describe('who may reach in from outside', () => {
  it('is nobody but AWS’s own services, for resources of this account', () => {
    const policies = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => [
      ...ofType<Policy>(template, type).values(),
    ]);
    const allowed = policies
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(policies.length).toBeGreaterThan(10);
    expect(allowed.length).toBeGreaterThan(0);
    for (const { Principal, Condition } of allowed) {
      expect(Object.keys(Principal as object)).toEqual(['Service']);
      expect(JSON.stringify(Condition)).toMatch(/aws:Source(Account|Arn)/);
    }
  });

  it('cannot call a function: none has a URL, and each permission names its source', () => {
    expect(ofType(template, 'AWS::Lambda::Url').size).toBe(0);
    const permissions = [
      ...ofType<{ Principal: string; SourceArn?: unknown }>(template, 'AWS::Lambda::Permission').values(),
    ];
    for (const { Principal, SourceArn } of permissions) {
      expect(Principal).toMatch(/\.amazonaws\.com$/);
      expect(SourceArn).toBeDefined();
    }
  });

  it('cannot put events on the bus: it has no policy that would let another account in', () => {
    expect(ofType(template, 'AWS::Events::EventBusPolicy').size).toBe(0);
  });

  it('cannot take a role: each is for one service', () => {
    const roles = ofType<{ AssumeRolePolicyDocument: Policy['PolicyDocument'] }>(template, 'AWS::IAM::Role');
    for (const { AssumeRolePolicyDocument } of roles.values()) {
      for (const { Principal } of AssumeRolePolicyDocument.Statement) {
        expect(Object.keys(Principal as object)).toEqual(['Service']);
      }
    }
  });
});

describe('what a function may change', () => {
  const actionsOf = (one: Function) => statementsOf(template, one).flatMap(({ Action }) => list(Action));

  it('is never the table itself, nor an item’s end', () => {
    for (const one of functions.values()) {
      const actions = actionsOf(one).filter((action) => action.startsWith('dynamodb:'));
      expect(actions).not.toContain('dynamodb:DeleteItem');
      // An insertion replaces nothing: it is refused where an item is.
      const known = actions.filter((action) => action !== 'dynamodb:PartiQLInsert');
      expect(known.filter((action) => /Table|Backup|Restore|Export|Import|PartiQL/.test(action))).toEqual([]);
    }
  });

  it('is never a queue’s, a topic’s, a secret’s or a function’s configuration', () => {
    const calls = [...functions.values()].flatMap(actionsOf);
    const known =
      /^(dynamodb:|logs:(CreateLogStream|PutLogEvents)$|events:PutEvents$|sns:Publish$|secretsmanager:GetSecretValue$|sqs:(SendMessage|ReceiveMessage|DeleteMessage|GetQueueAttributes)$)/;
    expect(calls.filter((action) => !known.test(action))).toEqual([]);
  });
});

describe('a function that sends to the queue which feeds it', () => {
  interface EventSource {
    readonly EventSourceArn: unknown;
    readonly FunctionName: unknown;
  }

  /** Whether a function may send to a queue that it consumes. */
  function feedsItself(id: string, one: Function): boolean {
    const sources = [...ofType<EventSource>(template, 'AWS::Lambda::EventSourceMapping').values()];
    const fed = sources.filter(({ FunctionName }) => idIn(FunctionName) === id);
    const targets = statementsOf(template, one)
      .filter(({ Action }) => list(Action).includes('sqs:SendMessage'))
      .flatMap(({ Resource }) => list(Resource).map(idIn));
    return fed.some(({ EventSourceArn }) => targets.includes(idIn(EventSourceArn)));
  }

  it('is not stopped as a loop after its sixteenth look at a run; every other one would be', () => {
    const loops = [...functions].map(([id, one]) => [
      one.Description,
      feedsItself(id, one),
      one.RecursiveLoop,
    ]);
    expect(loops.filter(([, feeds]) => feeds).map(([name]) => name)).toEqual([
      'App 1400000001: ends a run once its queue is drained',
      'App 14000000012: ends a run once its queue is drained',
    ]);
    for (const [, feeds, setting] of loops) expect(setting).toBe(feeds ? 'Allow' : undefined);
  });
});
