import type { Surroundings } from './aws/environment.ts';
import { BEGINNING, installVirtualTime } from './virtualTime.ts';

/**
 * A first night whose table, functions and budget are given: `node test/simulation/firstNight.ts '{"communities": …}'`
 * prints what it came to.
 */
export interface FirstNight {
  readonly communities: number;
  readonly topicsPerCommunity: number;
  readonly callsPerSecond: number;
  readonly writeUnits: number;
  readonly accountConcurrency: number;
  readonly maxConcurrency: number;
  readonly batchSize: number;
}

/** What it came to; times are virtual. */
export interface FirstNightOutcome {
  readonly status: string | undefined;
  readonly reasons: readonly string[];
  readonly topics: { readonly stored: number; readonly there: number };
  readonly deadLetters: number;
  /** Messages of communities that were delivered more than once. */
  readonly redelivered: number;
  /** From the first call to the last write of a consumer. */
  readonly ms: number;
  /** What the table needs for what was written, and the budget for the calls. */
  readonly tableMs: number;
  readonly callsMs: number;
  readonly writesSentBack: number;
  readonly units: number;
  readonly throttledFunctions: number;
}

const time = installVirtualTime();
// Not before: what the code under test imports must find the timers replaced.
const { catalogOf } = await import('../../shared/catalog/index.ts');
const { Draw } = await import('../../simulator/random.ts');
const { deliver } = await import('./aws/schedule.ts');
const { VirtualTable } = await import('./aws/virtualTable.ts');
const { createWriteCapacity } = await import('./aws/writeCapacity.ts');
const { deploy } = await import('./deployment.ts');
const { createChatServer } = await import('./source/chatServer.ts');
const { createTrace } = await import('./trace.ts');
const { createWeather } = await import('./weather.ts');

/** Simulates a first night in which nothing goes wrong but that table and functions are few. */
async function simulateFirstNight(night: FirstNight): Promise<FirstNightOutcome> {
  const seed = 1;
  const weather = createWeather(seed, time.now);
  weather.clear();
  time.restart(seed, () => 0);
  const around: Surroundings = {
    time,
    weather,
    trace: createTrace(time.now),
    draw: new Draw(seed, 0xd4a),
  };
  const { communities, topicsPerCommunity, callsPerSecond, writeUnits } = night;
  const everything = Number.POSITIVE_INFINITY;
  const chat = createChatServer(
    { seed, communities, topicsPerCommunity, groupIds: everything, topics: everything, onLie: () => {} },
    around,
  );
  let [begunAt, endedAt, calls] = [0, 0, 0];
  globalThis.fetch = (async (input: string, init: never) => {
    if (new URL(input).pathname.endsWith('/get_topic')) {
      begunAt ||= time.now();
      calls += 1;
    }
    return chat.fetch(input, init);
  }) as typeof fetch;
  const capacity = createWriteCapacity(writeUnits, time.now);
  const table = new VirtualTable(
    time.now,
    (_, { itemType }) => {
      if (itemType?.S === 'topic' || itemType?.S === 'community') endedAt = time.now();
    },
    capacity,
  );
  let deadLetters = 0;
  const delivered = new Map<string, number>();
  const deployment = deploy(
    {
      ...{ table, chat, ...night, pageItems: everything },
      onCommunityMessage: () => {},
      onDelivered: (body) => void delivered.set(body, (delivered.get(body) ?? 0) + 1),
      onDeadLetter: () => {
        deadLetters += 1;
      },
    },
    around,
  );
  const runId = new Date(BEGINNING).toISOString();
  void deliver(deployment.list, runId, around);
  await time.run(() => false);
  const { sdkAppId } = chat.app;
  const run = await until(catalogOf(deployment.operator().store, sdkAppId).readRun(runId));
  const stored = [...table.items()].filter(({ itemType }) => itemType?.S === 'topic').length;
  const there = chat.app.communityIds().flatMap((groupId) => chat.app.topics(groupId)).length;
  return {
    status: run?.status,
    reasons: run?.reasons ?? [],
    topics: { stored, there },
    deadLetters,
    redelivered: [...delivered.values()].filter((times) => times > 1).length,
    ms: endedAt - begunAt,
    // A second's worth is there at the beginning.
    tableMs: (capacity.taken / writeUnits) * 1000 - 1000,
    callsMs: (calls / callsPerSecond) * 1000,
    writesSentBack: capacity.refused,
    units: capacity.taken,
    throttledFunctions: deployment.account.throttles,
  };
}

/** Lets virtual time pass until a promise has settled. */
async function until<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  void promise.finally(() => {
    isSettled = true;
  });
  await time.run(() => isSettled);
  return promise;
}

const [asked = ''] = process.argv.slice(2);
console.log(JSON.stringify(await simulateFirstNight(JSON.parse(asked) as FirstNight)));
