import { resolve } from 'node:path';
import { checkGoals } from './goals.ts';
import { type Checkout, type Pace, type Pass, passOf } from './night/pass.ts';
import { goalsOf, type Measured, NIGHTS, type Night, rowsOf } from './night/rows.ts';
import { type NightApp, openScene, type Scene } from './night/scene.ts';
import { report } from './results.ts';

export interface NightOptions {
  /** In the place of the usual sizes. */
  readonly communities?: readonly number[];
  readonly topicsPerCommunity: number;
  readonly latency: number;
  readonly paces: readonly Pace[];
  readonly nights: readonly Night[];
  readonly rounds: number;
  /** Another checkout, measured by turns with this one. */
  readonly checkout?: string;
  /** Store and queue in processes of their own: memory and CPU are the mirror's alone. */
  readonly apart?: boolean;
}

/** Communities that are measured unless told. */
const COMMUNITIES: Readonly<Record<Pace, number>> = { budget: 3000, none: 2000 };

/** Topics in which there are messages before a night with messages: one of each community, then another one … */
const TALKED = 0.5;

const THIS: Checkout = { name: 'this checkout', folder: process.cwd() };

/**
 * Runs a first night, a quiet one and one with messages in half of the topics, each a process of its own as a user starts it, with the
 * embedded store in it: at the budget by the command line, and without a limit of calls. The simulated API has another process.
 * @throws when a night is not COMPLETE, or a goal is missed
 */
export async function benchNight(options: NightOptions): Promise<void> {
  const { checkout, topicsPerCommunity, latency, paces, communities } = options;
  const checkouts = [
    THIS,
    ...(checkout === undefined ? [] : [{ name: checkout, folder: resolve(checkout) }]),
  ];
  const measured: Measured[] = [];
  for (const pace of paces) {
    for (const count of communities ?? [COMMUNITIES[pace]]) {
      const app: NightApp = { communities: count, topicsPerCommunity, latency, pace };
      measured.push(...(await measureApp(app, checkouts, options)));
    }
  }
  report('night', rowsOf(measured));
  checkGoals(goalsOf(measured, THIS.name));
}

async function measureApp(
  app: NightApp,
  checkouts: readonly Checkout[],
  { nights, rounds, apart = false }: NightOptions,
): Promise<Measured[]> {
  const all = checkouts.flatMap(({ name }) => nights.map((night) => ({ by: name, night })));
  const found: Found[] = [];
  for (let round = 0; round < rounds; round++) {
    const scene = await openScene(app, checkouts, apart);
    // By turns: whoever comes first finds a simulator that has not derived anything yet.
    const order = round % 2 === 0 ? checkouts : checkouts.toReversed();
    try {
      // There is no other night before the first one, whether it is asked for or not.
      for (const night of NIGHTS.filter((name) => name === 'first' || nights.includes(name)))
        found.push(...(await measureNight(night, app, scene, order)));
    } finally {
      await scene.close();
    }
  }
  return all.map(({ by, night }) => {
    const mine = found.filter((one) => one.by === by && one.night === night);
    const worst = (of: (one: Found) => number) => Math.max(...mine.map(of));
    return {
      ...app,
      by,
      night,
      passes: mine.map(({ pass }) => pass),
      worstSecond: worst(({ peakPerSecond }) => peakPerSecond),
      refused: worst(({ refused }) => refused),
    };
  });
}

/** One pass, and what the simulator saw of its calls. */
interface Found {
  readonly by: string;
  readonly night: Night;
  readonly pass: Pass;
  readonly peakPerSecond: number;
  readonly refused: number;
}

async function measureNight(
  night: Night,
  { pace }: NightApp,
  { control, environmentOf }: Scene,
  checkouts: readonly Checkout[],
): Promise<Found[]> {
  if (night === 'messages')
    await control.mutate({ messages: Math.round((await topicsIn(control)) * TALKED) });
  const found: Found[] = [];
  for (const checkout of checkouts) {
    await control.resetStats();
    const pass = await passOf(checkout, pace, environmentOf(checkout));
    const { peakPerSecond = 0, refused = 0 } = (await control.stats()).apps[0]?.apis.get_topic ?? {};
    found.push({ by: checkout.name, night, pass, peakPerSecond, refused });
    console.error(`${checkout.name}, ${night}: ${JSON.stringify(pass)}`);
  }
  return found;
}

async function topicsIn(control: Scene['control']): Promise<number> {
  let topics = 0;
  for await (const community of control.state())
    topics += community.supportsTopics ? community.topics.length : 0;
  return topics;
}
