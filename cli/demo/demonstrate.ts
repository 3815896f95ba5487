import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeFromOthers } from '../../local/privateFolder.ts';
import { allCommunities } from '../../shared/catalog/communities.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { topicsOf } from '../../shared/catalog/topics.ts';
import type { Environment } from '../../shared/config.ts';
import type { TopicStatus } from '../../shared/sync/snapshot.ts';
import { CommandError, EXIT } from '../exit.ts';
import { unlessInterrupted } from '../interrupt.ts';
import { summaryLines } from '../output/summary.ts';
import { preflight } from '../preflight.ts';
import { type TopicRecord, topicRecord } from '../records.ts';
import { type LocalMirror, openLocalMirror, syncNight } from '../sync.ts';
import { foundLines } from './changes.ts';
import { compareTombstones, compareWithSource } from './compare.ts';
import { DEMO, letADayPass, type SimulatedApp, startSimulatedApp } from './simulatedApp.ts';

/**
 * Two nights of a simulated app, with a day of changes between them: the deployed functions, a real queue and a
 * real store, all on this machine. Ends by comparing the catalog with the app, field by field.
 * @throws {CommandError} when a night is not COMPLETE or the catalog differs from the app; the signal's reason
 */
export async function demonstrate(env: Environment, dataDir: string, signal: AbortSignal): Promise<void> {
  console.log(
    `No app is named in the environment, so this is a simulated one: ${DEMO.communities} communities and their topics.\n`,
  );
  const app = await startSimulatedApp(env, dataDir, signal);
  // A night sees to its own end: until its calls are answered, store and app have to be there.
  const unlessEnded = <T>(work: () => Promise<T>) => unlessInterrupted(signal, work);
  try {
    const { listAgainAt } = await unlessEnded(() => preflight(app.env));
    const mirror = await openLocalMirror(app.env);
    try {
      await unlessEnded(() => sleep(Math.max(0, listAgainAt - Date.now())));
      await night(mirror, 'First night', signal);
      const day = await unlessEnded(() => letADayPass(app, dataDir));
      console.log(`A day passes in the app: ${day}.\n`);
      await night(mirror, 'Second night', signal);
      await unlessEnded(() => check(mirror, app));
      await unlessEnded(() => show(mirror, dataDir));
    } finally {
      await mirror.close();
    }
  } finally {
    await app.close();
  }
  console.log(NEXT);
}

const NEXT = `
Look around:
  npm run -s mirror -- topics --status deleted
  npm run -s mirror -- active
  npm run -s mirror -- communities
  npm run -s mirror -- runs
Your own app, with its key from the Chat console:
  TENCENT_CHAT_SDK_APP_ID=… TENCENT_CHAT_SECRET_KEY=… TENCENT_CHAT_REGION=singapore npm start`;

async function night(mirror: LocalMirror, label: string, signal: AbortSignal): Promise<void> {
  const { run } = await syncNight(mirror, label, signal);
  const { client, table } = mirror.store;
  console.log([`${label}: ${summaryLines(run).join('\n')}`].join('\n'));
  const found = await foundLines({ store: { client, table }, sdkAppId: DEMO.sdkAppId }, run);
  console.log([...found, ''].join('\n'));
  if (run.status !== 'COMPLETE')
    throw new CommandError(`${label.toLowerCase()} ended ${run.status}`, EXIT.incomplete);
}

async function check({ store: { client, table } }: LocalMirror, { control }: SimulatedApp): Promise<void> {
  const { equal, differences } = await compareWithSource(topicsBeing('active', { client, table }), control);
  if (differences.length > 0) {
    for (const difference of differences.slice(0, 10)) console.error(`  ${difference}`);
    throw new CommandError(
      `the catalog differs from the app in ${differences.length} topics`,
      EXIT.incomplete,
    );
  }
  console.log(`Checked: the catalog's ${equal} active topics equal the app's, field by field;`);
  const { kept, alive } = await compareTombstones(topicsBeing('deleted', { client, table }), control);
  if (alive.length > 0)
    throw new CommandError(
      `${alive.length} topics that the app has are tombstones, ${alive[0]} for one`,
      EXIT.incomplete,
    );
  console.log(`         its ${kept} tombstones are of topics that the app has not, and keep what they were.`);
}

/** Writes what the catalog holds as a page. */
async function show({ store: { client, table } }: LocalMirror, dataDir: string): Promise<void> {
  // Loaded only here: a night needs nothing that draws.
  const { writeReport } = await import('../report/write.ts');
  const file = join(dataDir, 'report.html');
  await writeReport({ store: { client, table }, sdkAppId: DEMO.sdkAppId }, file);
  takeFromOthers(file);
  console.log(`\nAll of it as a page for your browser: ${file}`);
}

async function* topicsBeing(status: TopicStatus, store: Store): AsyncGenerator<TopicRecord> {
  for await (const { groupId } of allCommunities(store, DEMO.sdkAppId)) {
    for await (const topic of topicsOf(store, DEMO.sdkAppId, groupId)) {
      if (topic.status === status) yield topicRecord(topic);
    }
  }
}
