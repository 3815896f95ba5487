import { approveRun } from '../../cli/approve.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import { awaitsTrust, holdsDeletions, type Run } from '../../shared/catalog/run.ts';
import { sendClosing } from '../../shared/queue/closing.ts';
import { Draw } from '../../simulator/random.ts';
import type { Surroundings } from './aws/environment.ts';
import { deliver } from './aws/schedule.ts';
import { VirtualTable } from './aws/virtualTable.ts';
import { createWriteCapacity } from './aws/writeCapacity.ts';
import { checkCause } from './checks/cause.ts';
import { checkTheEnd } from './checks/end.ts';
import { noticingRejections } from './checks/rejections.ts';
import { type Invariant, runs, type Scene } from './checks/scene.ts';
import { createWatch } from './checks/watch.ts';
import { type Deployment, deploy } from './deployment.ts';
import { drawPlan, type Plan } from './plan.ts';
import { type Changes, createChanges } from './source/changes.ts';
import { createChatServer } from './source/chatServer.ts';
import { createLies } from './source/lies.ts';
import { Truth } from './source/truth.ts';
import { createTrace } from './trace.ts';
import { BEGINNING, type VirtualTime } from './virtualTime.ts';
import { createWeather } from './weather.ts';

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  /** ISO 8601 UTC, virtual. */
  readonly at: string;
  /** The last events before it. */
  readonly trace: readonly string[];
}

/** What one seed came to. */
export interface Outcome {
  readonly seed: number;
  /** Equal for two replays of a seed. */
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  /** Runs that ended, by status. */
  readonly runs: Readonly<Record<string, number>>;
  /** Faults that struck, by name. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/**
 * Simulates the nights of one seed, and a calm night at the end after which everything must be right.
 * @param print told of every event
 */
export async function simulate(
  seed: number,
  time: VirtualTime,
  print?: (line: string) => void,
): Promise<Outcome> {
  const weather = createWeather(seed, time.now);
  const lateness = new Draw(seed, 0x7a7e);
  time.restart(seed, () => (weather.strikes('timer late') ? lateness.int(1, 60) : 0));
  const around: Surroundings = {
    time,
    weather,
    trace: createTrace(time.now, print),
    draw: new Draw(seed, 0xd4a),
  };
  const plan = drawPlan(new Draw(seed, 0x91a));
  const world = build(seed, plan, around);
  await noticingRejections(world.scene, () => live(world, plan, around));
  const { trace } = around;
  return {
    seed,
    hash: trace.hash(),
    events: trace.events,
    virtualMs: time.now() - BEGINNING,
    runs: world.watch.closed,
    faults: { ...weather.counts, ...world.shortages() },
    violations: world.violations,
  };
}

/** One is enough, but where a person has to release something first. */
const MOST_CALM_NIGHTS = 3;

/** A seed has some thousands; one that has far more goes round in a circle. */
const MOST_EVENTS = 200_000;

type World = ReturnType<typeof build>;

function build(seed: number, plan: Plan, around: Surroundings) {
  const { time, trace } = around;
  const violations: Violation[] = [];
  const lies = createLies(time.now);
  const chat = createChatServer({ seed, ...plan.app, ...plan.limits, onLie: lies.note }, around);
  globalThis.fetch = chat.fetch;
  const truth = new Truth(chat.app, time.now);
  const capacity = createWriteCapacity(plan.deployed.writeUnits, time.now);
  const table = new VirtualTable(time.now, (before, after) => watch.written(before, after), capacity);
  const lostCommunities = new Set<string>();
  const lostClosings = new Set<string>();
  const lostNights = new Set<string>();
  const lostListings = new Set<string>();
  const deployment: Deployment = deploy(
    {
      table,
      chat,
      ...plan.deployed,
      onCommunityMessage: (body) => watch.sent(body),
      onDeadLetter: (queue, body) => {
        const { runId } = JSON.parse(body) as Run;
        (queue === 'closing' ? lostClosings : lostCommunities).add(runId);
      },
    },
    around,
  );
  const scene: Scene = {
    table,
    truth,
    sdkAppId: chat.app.sdkAppId,
    now: time.now,
    lied: lies.lied,
    deniedExistence: lies.deniedExistence,
    isQuiet: () => {
      const { communities, sync, close } = deployment;
      const since = close.runningSince ?? time.now();
      return communities.depth === 0 && sync.running === 0 && sync.endedAt < since;
    },
    violate: (invariant, what) => {
      violations.push({ invariant, what, at: new Date(time.now()).toISOString(), trace: trace.tail() });
    },
  };
  const watch = createWatch(scene, (run, queued) => {
    const givenUp = { nights: lostNights, communities: lostCommunities, listings: lostListings };
    checkCause(scene, run, givenUp, queued);
    trace.add(`run ${run.runId} is ${run.status}: ${run.reasons?.join('; ')}`);
    if ((run.status === 'HELD' || awaitsTrust(run)) && around.draw.chance(0.6))
      time.after(around.draw.int(1000, 3 * 3_600_000), () => void approve(run.runId));
  });
  const approve = async (runId: string) => {
    const { store, closingQueue } = deployment.operator();
    trace.add(`the operator approves ${runId}`);
    // Should the command die half-way, the operator repeats it in the end.
    lostClosings.add(runId);
    // What is not held any more, or cannot be reached, is refused with an error: the operator leaves it at that.
    await approveRun(catalogOf(store, scene.sdkAppId), runId, time.now()).catch(() => {});
    const isSent = await sendClosing(closingQueue, scene.sdkAppId, runId).then(
      () => true,
      () => false,
    );
    if (isSent) lostClosings.delete(runId);
  };
  return {
    chat,
    truth,
    deployment,
    scene,
    watch,
    violations,
    lostClosings,
    lostNights,
    lostListings,
    approve,
    /** Writes over the table's capacity, and invocations over the account's. */
    shortages: () =>
      Object.fromEntries(
        Object.entries({
          'write over capacity': capacity.refused,
          'no room for a function': deployment.account.throttles,
        }).filter(([, count]) => count > 0),
      ),
  };
}

async function live(world: World, plan: Plan, around: Surroundings): Promise<void> {
  const { time, weather } = around;
  const failed = () => world.violations.length > 0 || around.trace.events > MOST_EVENTS;
  const changes = createChanges(world.chat.app, world.truth, around);
  scheduleNights(world, plan, changes, around);
  await time.run(failed);
  weather.clear();
  changes.calm();
  for (let night = 0; night < MOST_CALM_NIGHTS && !failed(); night++)
    if (await calmNight(world, around, failed)) break;
  if (around.trace.events > MOST_EVENTS) world.scene.violate('run-closes', 'the nights come to no end');
  if (!failed()) checkTheEnd(world.scene, plan, world.chat.peaks());
}

function scheduleNights(world: World, plan: Plan, changes: Changes, around: Surroundings): void {
  const { time, weather, draw } = around;
  for (const { at, twiceAfter, storms, changesAt, talksAt, chatsAt, massAt } of plan.nights) {
    const scheduled = new Date(BEGINNING + at).toISOString();
    const fire = async () => {
      const onFailed = () => void world.lostListings.add(scheduled);
      if (!(await deliver(world.deployment.list, scheduled, around, onFailed)))
        world.lostNights.add(scheduled);
    };
    time.after(at + draw.int(0, 2000), fire);
    if (weather.strikes('schedule twice')) time.after(at + twiceAfter, fire);
    for (const { storm, from, until } of storms) weather.brew(storm, BEGINNING + from, BEGINNING + until);
    for (const moment of changesAt) time.after(moment, changes.one);
    for (const moment of talksAt) time.after(moment, changes.talk);
    for (const moment of chatsAt) time.after(moment, changes.chat);
    if (massAt !== undefined) time.after(massAt, changes.mass);
  }
}

/**
 * One night in which nothing goes wrong; what is still open or held is put in order by the operator.
 * @returns whether all is in order
 */
async function calmNight(world: World, around: Surroundings, failed: () => boolean): Promise<boolean> {
  const { time } = around;
  const { deployment, lostClosings, lostNights } = world;
  for (const runId of lostClosings) redrive(world, runId);
  for (const scheduled of lostNights) void deliver(deployment.list, scheduled, around);
  lostClosings.clear();
  lostNights.clear();
  await time.run(failed);
  const scheduled = new Date(time.now() + 60_000).toISOString();
  time.after(60_000, () => void deliver(deployment.list, scheduled, around));
  await time.run(failed);
  world.watch.settled();
  const held = runs(world.scene).findLast((run) => holdsDeletions(run) || awaitsTrust(run));
  if (!held) return runs(world.scene).at(-1)?.status === 'COMPLETE';
  void world.approve(held.runId);
  await time.run(failed);
  return false;
}

function redrive({ deployment, scene }: World, runId: string): void {
  const { closingQueue } = deployment.operator();
  void sendClosing(closingQueue, scene.sdkAppId, runId);
}
