import { BatchExecuteStatementCommand, ExecuteStatementCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createAnnounceRunHandler } from '../../lambdas/announce-run/handler.ts';
import * as keys from '../../shared/catalog/keys.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { EVENT_VERSION } from '../../shared/events.ts';
import { createWorld, type World } from '../support/world.ts';
import { lambdaContext, NEXT_RUN, RUN } from '../support/worldEvents.ts';
import { type Recorded, recordNight } from './nights.ts';
import { type Call, callsOf, recordedParts, recording } from './recordedCalls.ts';
import {
  APP,
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

const template = synthesise();
const calls: Recorded & { readonly announce: Call[] } = { list: [], sync: [], close: [], announce: [] };
let world: World;
let second: Run;

beforeAll(async () => {
  world = await createWorld({ sdkAppId: APP.sdkAppId, communities: 8, topicsPerCommunity: 4 });
  await recordNight(world, RUN, calls);
  const day = { edits: 2, messages: 8, creations: 2, deletions: 2, disbandings: 1, newCommunities: 1 };
  world.simulator.app().mutate(day);
  second = await recordNight(world, NEXT_RUN, calls);
  await announce(second);
});
afterAll(() => world.close());

async function announce(run: Run): Promise<void> {
  const sent: Call[] = [];
  const sns = { send: async () => ({ MessageId: '1' }) } as unknown as SNSClient;
  const { store, logger } = recordedParts(world.parts, calls.announce);
  const handler = createAnnounceRunHandler({
    store,
    sns: recording(sns, 'sns', sent),
    topicArn: 'arn:aws:sns:us-east-1:000000000000:summaries',
    stack: 'TopicMirror-test',
    logger,
    sleep: async () => {},
  });
  const detail = { ...run, version: EVENT_VERSION, sdkAppId: world.parts.app.sdkAppId };
  await handler({ detail } as never, lambdaContext());
  calls.announce.push(...sent);
}

/** What the function with such a description is allowed. */
function statementsFor(description: string): Statement[] {
  const functions = ofType<LambdaFunction>(template, 'AWS::Lambda::Function').values();
  const found = [...functions].find(({ Description }) => Description.includes(description));
  return found ? statementsOf(template, found) : [];
}

/** What is recorded of each function, and words of its description. */
const FUNCTIONS: readonly [keyof typeof calls, string][] = [
  ['list', 'lists its communities'],
  ['sync', 'mirrors the communities'],
  ['close', 'ends a run'],
  ['announce', 'Sends the summary'],
];

/** Whether a statement lets a call through, as IAM reads its actions and leading keys. */
function allows(
  { Action, Resource, Condition = {} }: Statement,
  { action, index, leadingKeys }: Call,
): boolean {
  if (!list(Action).includes(action)) return false;
  const [onIndex] = /index\/[\w-]+/.exec(JSON.stringify(Resource)) ?? [];
  if (onIndex !== (index === undefined ? undefined : `index/${index}`)) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      if (key !== 'dynamodb:LeadingKeys') throw new Error(`${key} is not known to this test`);
      return meets(operator, list(wanted as string | string[]), leadingKeys);
    }),
  );
}

/**
 * Whether values meet a condition. One on all of them is met by none at all, which is why the key has to be there as well
 * (docs.aws.amazon.com, IAM, "Multivalued context key examples").
 */
function meets(operator: string, wanted: readonly string[], values: readonly string[]): boolean {
  if (operator === 'Null') return wanted.includes(String(values.length === 0));
  const isWanted = {
    'ForAllValues:StringLike': isLike,
    'ForAllValues:StringEquals': (value: string, one: string) => value === one,
  }[operator];
  if (!isWanted) throw new Error(`${operator} is not known to this test`);
  return values.every((value) => wanted.some((one) => isWanted(value, one)));
}

/** IAM's StringLike, with `*` alone. */
function isLike(text: string, pattern: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(text);
}

describe('two nights with topics that were changed, talked in, deleted and lost with their community', () => {
  it('end, and a deletion is announced', () => {
    expect(second).toMatchObject({ status: 'COMPLETE' });
    expect(second.summary?.topics.deleted).toBeGreaterThan(0);
    const written = new Set(
      calls.sync.flatMap(({ leadingKeys }) => leadingKeys.map((key) => key.split('|')[1])),
    );
    expect([...written]).toEqual(expect.arrayContaining(['community', 'communities', 'rosters', 'activity']));
    expect(calls.announce.map(({ action }) => action)).toContain('sns:Publish');
  });

  it.each(FUNCTIONS)('make no call that is not allowed (%s)', (name, description) => {
    const statements = statementsFor(description);
    const refused = calls[name].filter((call) => !statements.some((one) => allows(one, call)));
    expect(refused).toEqual([]);
    expect(calls[name].length).toBeGreaterThan(0);
  });

  it.each(FUNCTIONS)('make every call of the table that is allowed (%s)', (name, description) => {
    const made = new Set(calls[name].map(({ action }) => action));
    const granted = statementsFor(description).flatMap(({ Action }) => list(Action));
    const idle = granted.filter((action) => action.startsWith('dynamodb:') && !made.has(action));
    expect(idle).toEqual([]);
  });
});

describe('the condition on leading keys', () => {
  const pattern = `${APP.sdkAppId}|*`;
  const id = fc.string({ minLength: 1 });
  const ofApp = (sdkAppId: number) =>
    fc
      .tuple(id, id, fc.nat(15))
      .map(([group, topic, shard]) => [
        keys.runsPartition(sdkAppId),
        keys.listedPartition(sdkAppId, group),
        keys.communitiesPartition(sdkAppId, shard),
        keys.topicsPartition(sdkAppId, group),
        keys.topicKey(sdkAppId, group, topic).pk,
        keys.slotsKey(sdkAppId, 'get_topic', shard).pk,
        keys.changeDay(sdkAppId, '2026-11-22', shard),
        keys.rostersPartition(sdkAppId, shard),
        keys.activityPartition(sdkAppId, group, shard),
        keys.attentionOf(sdkAppId, 'topic-deleted', shard),
      ]);

  it('is the one that the functions have', () => {
    const functions = [...ofType<LambdaFunction>(template, 'AWS::Lambda::Function').values()];
    const conditions = functions
      .filter(({ Description }) => Description.startsWith('App '))
      .map((one) => statementsOf(template, one).flatMap(({ Condition }) => keysIn(Condition)));
    expect(conditions).toEqual([[pattern, pattern, 'apps'], [pattern], [pattern]]);
  });

  it('lets through every key of the app', () => {
    fc.assert(
      fc.property(ofApp(APP.sdkAppId), (all) => {
        for (const key of all) expect(isLike(key, pattern)).toBe(true);
      }),
    );
  });

  it('lets through no key of another app, not even of one whose id begins the same', () => {
    const others = fc.constantFrom(APP.sdkAppId * 10, APP.sdkAppId + 1, Number(`${APP.sdkAppId}1`), 1);
    fc.assert(
      fc.property(others.chain(ofApp), (all) => {
        for (const key of all) expect(isLike(key, pattern)).toBe(false);
      }),
    );
  });
});

function keysIn(condition: Statement['Condition'] = {}): string[] {
  return Object.entries(condition).flatMap(([operator, one]) =>
    operator === 'Null' ? [] : ((one['dynamodb:LeadingKeys'] as string[] | undefined) ?? []),
  );
}

describe('a request that names no partition key of the app', () => {
  const OF_APP = ['lists its communities', 'mirrors the communities', 'ends a run'];

  /** What an app's function may do with items, and what it could do if each were granted for every call. */
  const onItems = OF_APP.flatMap(statementsFor).filter(({ Action }) =>
    list(Action)[0]?.startsWith('dynamodb:'),
  );
  const granted = (actions: readonly string[]) => onItems.map((one) => ({ ...one, Action: [...actions] }));

  it('is allowed nothing of the table, by whichever call', () => {
    expect(onItems).toHaveLength(5);
    for (const statement of onItems) {
      for (const action of list(statement.Action)) {
        expect([action, allows(statement, { action, leadingKeys: [] })]).toEqual([action, false]);
      }
    }
  });

  const own = { S: keys.runsPartition(APP.sdkAppId) };
  const foreign = { S: keys.runsPartition(OTHER.sdkAppId) };
  const select = (where: string, ...Parameters: { S: string }[]) =>
    new ExecuteStatementCommand({ Statement: `SELECT * FROM "catalog"${where}`, Parameters });
  const batch = (Statement: string, ...Parameters: { S: string }[]) =>
    new BatchExecuteStatementCommand({ Statements: [{ Statement, Parameters }] });

  it.each<[string, object, boolean]>([
    ['a scan', new ScanCommand({ TableName: 'catalog' }), false],
    ['a selection of everything', select(''), false],
    ['a selection by the sort key alone', select(' WHERE sk = ?', own), false],
    ['an insertion without a key', batch('INSERT INTO "catalog" VALUE {\'sk\': ?}', own), false],
    [
      'an update without the partition key',
      batch('UPDATE "catalog" SET a = ? WHERE sk = ?', own, own),
      false,
    ],
    ['a selection of another app', select(' WHERE pk = ?', foreign), false],
    ['an insertion for another app', batch('INSERT INTO "catalog" VALUE {\'pk\': ?}', foreign), false],
    ['a selection of the own app', select(' WHERE pk = ?', own), true],
    ['an insertion for the own app', batch('INSERT INTO "catalog" VALUE {\'pk\': ?}', own), true],
  ])('is judged by the condition alone, were its call granted: %s', (_what, command, isAllowed) => {
    const made = callsOf(command as Parameters<typeof callsOf>[0], 'dynamodb');
    const statements = granted(made.map(({ action }) => action));
    expect(made.map((call) => statements.some((one) => allows(one, call)))).toEqual([isAllowed]);
  });
});
