import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../local/makeFolder.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../local/privateFolder.ts';
import { ENV, type Environment } from '../../shared/config.ts';
import type { MutationResult } from '../../simulator/app/types.ts';
import { createSimulatorControl, type SimulatorControl } from '../../simulator/controlClient.ts';
import { DEFAULT_SECRET_KEY } from '../../simulator/index.ts';
import { CommandError } from '../exit.ts';
import { unlessInterrupted } from '../interrupt.ts';

/** The app of the demonstration: large enough for a night to be worth a name, small enough for a minute. */
export const DEMO = { sdkAppId: 1_400_000_000, communities: 520, topicsPerCommunity: 6 } as const;

/** What happens in the simulated app between two nights: as in a living one, people talk in many topics and change few. */
const DAY = {
  edits: 40,
  // Topics that have some.
  messages: 1400,
  creations: 25,
  deletions: 18,
  disbandings: 2,
  newCommunities: 3,
} as const;

/** A simulated app in a process of its own. */
export interface SimulatedApp {
  readonly url: string;
  /** Settings that make every command work on it. */
  readonly env: Environment;
  readonly control: SimulatorControl;
  close(): Promise<void>;
}

/**
 * Starts the simulator and lets the days pass that this data directory has seen before, so that a second
 * demonstration goes on where the first one ended. It ends when it is closed, or this process has ended: a signal that
 * both get leaves it be, since the mirror has calls under way then.
 * @throws {CommandError} when it does not start; the signal's reason
 */
export async function startSimulatedApp(
  env: Environment,
  dataDir: string,
  signal: AbortSignal,
): Promise<SimulatedApp> {
  const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'main.ts');
  const { sdkAppId, communities, topicsPerCommunity } = DEMO;
  const flags = ['--port', 0, '--communities', communities, '--topics-per-community', topicsPerCommunity];
  const child = spawn(process.execPath, [main, 'simulate', '--until-disconnected', ...flags.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = () => {
    if (child.connected) child.disconnect();
    return ended;
  };
  const begin = async () => {
    const [url] =
      (await Promise.race([once(createInterface({ input: child.stdout as Readable }), 'line'), ended])) ?? [];
    if (url === undefined) throw new CommandError('the simulator did not start');
    const control = createSimulatorControl(url, sdkAppId);
    for (const [nth, passedAt] of daysPassed(dataDir).entries()) await passDay(control, nth + 1, passedAt);
    return { url, control };
  };
  const { url, control } = await unlessInterrupted(signal, begin).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const settings = {
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.secretKey]: DEFAULT_SECRET_KEY,
    [ENV.endpoint]: url,
  };
  return {
    url,
    control,
    env: { ...env, ...settings },
    close,
  };
}

/** Lets one day of changes pass. @returns what happened, as a sentence goes on */
export async function letADayPass({ control }: SimulatedApp, dataDir: string): Promise<string> {
  const passedAt = Math.floor(Date.now() / 1000);
  const days = [...daysPassed(dataDir), passedAt];
  // Noted first: a demonstration that is cut off here goes on from a day that did pass.
  makeFolder(dataDir, PRIVATE_FOLDER);
  writeFileSync(diary(dataDir), `${JSON.stringify({ passedAt: days })}\n`, { mode: PRIVATE_FILE });
  return told(await passDay(control, days.length, passedAt));
}

/**
 * A day that passes once more, in another process, has to be the same: what was created is as old as it was.
 * @param passedAt seconds since the epoch
 */
async function passDay(control: SimulatorControl, seed: number, passedAt: number): Promise<MutationResult> {
  const day = await control.mutate({ ...DAY, seed });
  const founded = day.createdCommunities.flatMap(({ groupId, topicIds }) =>
    topicIds.map((topicId) => ({ groupId, topicId })),
  );
  for (const { groupId, topicId } of [...day.created, ...founded])
    await control.editTopic(groupId, topicId, { CreateTime: passedAt });
  return day;
}

function told(day: MutationResult): string {
  const { edited, created, deleted, disbanded, createdCommunities, messaged } = day;
  const messages = messaged.reduce((sum, { count }) => sum + count, 0);
  return [
    `${edited.length} topics edited, ${created.length} created, ${deleted.length} deleted`,
    `${disbanded.length} communities disbanded, ${createdCommunities.length} founded`,
    `${messages} messages in ${messaged.length} topics`,
  ].join('; ');
}

/** When each day passed that this data directory has seen, seconds since the epoch. */
function daysPassed(dataDir: string): number[] {
  if (!existsSync(diary(dataDir))) return [];
  const { passedAt = [] } = JSON.parse(readFileSync(diary(dataDir), 'utf8')) as { passedAt?: number[] };
  return passedAt;
}

function diary(dataDir: string): string {
  return join(dataDir, 'simulated-app.json');
}
