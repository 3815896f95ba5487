import { METRICS } from '../../shared/metrics.ts';
import type { MutationResult } from '../../simulator/index.ts';
import type { Deployed } from './deployed.ts';
import type { Scene } from './scene.ts';
import type { TestApp } from './simulated.ts';
import { expectListings, expectMirrored, expectTombstones, lostTopics } from './steps/catalog.ts';
import { deployStack, expectNoChange } from './steps/deployment.ts';
import {
  describeRun,
  expectBaseline,
  expectComplete,
  expectCounts,
  expectHalted,
  expectNothingNew,
  syncNow,
  waitForRun,
  waitForSchedule,
} from './steps/nights.ts';
import { type Observers, startObservers } from './steps/observers.ts';
import { expectConfined } from './steps/policies.ts';
import { deleteTables, expectKept, restoreTable, streamOf } from './steps/tables.ts';
import {
  expectAlarm,
  expectErrorsCounted,
  expectEvents,
  expectNoAlarm,
  expectNoTopicEvents,
  expectSummary,
} from './steps/told.ts';
import { expectDeadLetter, expectNothingLeft, rotateSecret } from './steps/upkeep.ts';
import type { Steps } from './steps.ts';

/** What happens in the large app between its two nights; few enough for the guard and for one summary. */
const DAY = {
  edits: 20,
  messages: 30,
  creations: 12,
  deletions: 10,
  disbandings: 1,
  newCommunities: 1,
  seed: 1,
};

/** The scene, once the stack is deployed and listened to. */
interface Stage extends Scene {
  readonly deployed: Deployed;
  readonly observers: Observers;
}

/** The life of a deployment, from nothing to nothing. @returns figures, a line each */
export async function rehearse(steps: Steps, scene: Scene): Promise<string[]> {
  const { cdk, deployed, due, deployOn } = await deployStack(steps, scene);
  const observers = await steps.run('listen to the bus and to both topics', () => startObservers(deployed));
  const stage = { ...scene, deployed, observers };
  await steps.run('cdk diff and a second cdk deploy find nothing to change', () => expectNoChange(cdk));
  const { aws, commandLine, miniStack, simulated } = scene;
  const { large, small } = simulated;
  const before = [...(await firstNight(steps, stage, due)), ...(await rotation(steps, stage, due))];
  const restored = await steps.run('the table is restored under another name', () => restoreTable(deployed));
  const day = large.truth.mutate(DAY);
  const nights = [...before, ...(await secondNight(steps, stage, due, day))];
  await steps.run('an unreadable message becomes a dead letter', () => expectDeadLetter(deployed, large));
  await steps.run(
    'a consumer reaches no item without a key of its app, by PartiQL either',
    () => expectConfined(deployed, [large, small], miniStack.env),
    (refused) => `${refused} requests refused`,
  );

  const made = deployed.store.table;
  const backOn = await steps.run('cdk deploy, the stage naming the restored table', async () =>
    deployOn(await streamOf(aws, restored)),
  );
  nights.push(...(await nightAnew(steps, { ...stage, deployed: backOn }, day)));
  await steps.run('stop listening', () => observers.close());
  await steps.run('cdk destroy', () => cdk.destroy());
  const tables = [made, restored];
  await steps.run('the table of the stack and the restored one are kept', () => expectKept(aws, tables));

  const again = await steps.run('cdk deploy, the stage naming the table that was kept', async () =>
    deployOn(await streamOf(aws, made)),
  );
  await steps.run('a night on it finds nothing new', async () =>
    expectNothingNew(await syncNow(commandLine, again, large)),
  );
  await compare(steps, { ...stage, deployed: again }, large);
  await steps.run('cdk destroy', () => cdk.destroy());
  await steps.run('both tables are kept, and deleted by hand', async () => {
    await expectKept(aws, tables);
    await deleteTables(aws, tables);
  });
  await steps.run('nothing of the stacks is left', async () => {
    for (const stack of [deployed, backOn, again]) await expectNothingLeft(stack);
  });
  const alarms = deployed.resourcesOf('AWS::CloudWatch::Alarm').length;
  return [`Deployed: ${deployed.resources.length} resources, ${alarms} of them alarms`, ...nights];
}

/** The schedules of both apps fire at once. */
async function firstNight(steps: Steps, stage: Stage, due: Date): Promise<string[]> {
  const { deployed, simulated } = stage;
  const { large, small } = simulated;
  await steps.run('the schedules of both apps fire', () =>
    Promise.all([waitForSchedule(deployed, large, due), waitForSchedule(deployed, small, due)]),
  );
  const work = async () => expectComplete(await waitForRun(deployed, large, due.toISOString()));
  const run = await steps.run(`first night of ${large.sdkAppId}`, work, describeRun);
  await steps.run('its topics are counted as its baseline', async () => expectBaseline(run));
  const topics = await compare(steps, stage, large);
  return [`First night: ${describeRun(run)}; ${topics} topics compared`];
}

/** The small app's key has been changed, and its first night found the old one in the secret. */
async function rotation(steps: Steps, stage: Stage, due: Date): Promise<string[]> {
  const { aws, commandLine, deployed, observers, simulated } = stage;
  const { small } = simulated;
  await steps.run(`the first night of ${small.sdkAppId} is halted: its key is an old one`, async () =>
    expectHalted(await waitForRun(deployed, small, due.toISOString())),
  );
  const alarm = () => expectAlarm(observers, small, METRICS.authenticationFailures);
  await steps.run('an alarm says so', alarm, (name) => name);
  await rotateSecret(aws, small);
  const night = () => syncNow(commandLine, deployed, small);
  const run = await steps.run('with the new key in the secret, sync --stack', night, describeRun);
  const topics = await compare(steps, stage, small);
  return [`After the rotation: ${describeRun(run)}; ${topics} topics compared`];
}

/** A night after a day of changes, which finds exactly them. */
async function secondNight(steps: Steps, stage: Stage, due: Date, day: MutationResult): Promise<string[]> {
  const { commandLine, deployed, observers, simulated } = stage;
  const { large, small } = simulated;
  const lost = lostTopics(day);
  const night = () => syncNow(commandLine, deployed, large);
  const run = await steps.run('after a day of changes, sync --stack', night, describeRun);
  await steps.run('its summary counts edits and messages apart', async () => expectCounts(run, day));
  const topics = await compare(steps, stage, large);
  await steps.run('lost topics are tombstones with their codes', () =>
    expectTombstones(deployed, large, lost),
  );
  const count = () => expectErrorsCounted(deployed, large, lost);
  await steps.run('the codes are logged and counted', count, (counts) =>
    [...counts].map(([code, times]) => `${code} ${times} times`).join(', '),
  );
  const events = () => expectEvents(observers, large, run, day, lost);
  await steps.run('the bus carries every change and no message', events, (seen) => `${seen} events`);
  await steps.run('nobody was told of the topics of the first night', () =>
    expectNoTopicEvents(observers, large, due.toISOString()),
  );
  await steps.run('the summary names what is lost, each with its command', () =>
    expectSummary(observers, run, lost),
  );
  const alarm = () => expectAlarm(observers, large, METRICS.deletedTopicErrors);
  await steps.run('an alarm says that topics are lost', alarm, (name) => name);
  await steps.run('the other app has no such alarm', () =>
    expectNoAlarm(observers, small, METRICS.deletedTopicErrors),
  );
  const listings = () => expectListings(commandLine, large, { lost, active: topics, runs: 2, last: run });
  await steps.run(
    'the listings of --stack print what the catalog holds',
    listings,
    (records) => `${records} records`,
  );
  return [`Second night: ${describeRun(run)}; ${topics} topics compared, ${lost.length} lost`];
}

/** The night after the table went back to where it was before a day of changes: it tells of them once more, and of nothing else. */
async function nightAnew(steps: Steps, stage: Stage, day: MutationResult): Promise<string[]> {
  const { commandLine, deployed, observers, simulated } = stage;
  const { large } = simulated;
  const lost = lostTopics(day);
  const night = () => syncNow(commandLine, deployed, large);
  const run = await steps.run('sync --stack on the restored table', night, describeRun);
  await steps.run('it counts the day of changes once more', async () => expectCounts(run, day));
  const topics = await compare(steps, stage, large);
  await steps.run('lost topics are tombstones again', () => expectTombstones(deployed, large, lost));
  const events = () => expectEvents(observers, large, run, day, lost);
  await steps.run(
    'the bus carries the changes of that day and of no other topic',
    events,
    (seen) => `${seen} events`,
  );
  return [`On the restored table: ${describeRun(run)}; ${topics} topics compared`];
}

function compare(steps: Steps, { deployed }: Stage, app: TestApp): Promise<number> {
  const work = () => expectMirrored(deployed, app);
  return steps.run('its catalog equals the app, field by field', work, (equal) => `${equal} topics`);
}
