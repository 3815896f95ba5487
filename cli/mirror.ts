import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, openStore } from '../local/servers.ts';
import { mirroredApps } from '../shared/catalog/runs.ts';
import type { Store } from '../shared/catalog/store.ts';
import { ENV, type Environment, readSdkAppId, text } from '../shared/config.ts';
import { CommandError } from './exit.ts';

/** One app's part of the table, opened for reading. */
export interface Mirror {
  readonly store: Store;
  readonly sdkAppId: number;
}

/**
 * Opens the mirror, hands it to `work`, and closes it.
 * @throws {CommandError} when nothing is mirrored yet, or several apps are and none is named
 */
export async function withMirror<T>(env: Environment, work: (mirror: Mirror) => Promise<T>): Promise<T> {
  requireMirror(env);
  const opened = await openStore(env);
  try {
    const store = { client: opened.client, table: opened.table };
    return await work({ store, sdkAppId: await chosenApp(env, store) });
  } finally {
    await opened.close();
  }
}

/** Reading must not make a data directory where there is none. */
function requireMirror(env: Environment): void {
  if (text(env, ENV.awsEndpointDynamoDb) ?? text(env, ENV.awsEndpoint)) return;
  const dataDir = dataDirOf(env);
  if (existsSync(join(dataDir, 'store'))) return;
  throw new CommandError(
    `nothing is mirrored in ${dataDir} yet; run "npm start" or "npm run -s mirror -- sync" first`,
  );
}

/** The app that the environment names, or the only one that is mirrored. */
async function chosenApp(env: Environment, store: Store): Promise<number> {
  if (text(env, ENV.sdkAppId) !== undefined) return readSdkAppId(env);
  const apps: number[] = [];
  for await (const app of mirroredApps(store)) apps.push(app);
  const [only, ...others] = apps;
  if (only === undefined)
    throw new CommandError(`the table ${store.table} mirrors no app yet; run sync first`);
  if (others.length === 0) return only;
  throw new CommandError(`several apps are mirrored here; set ${ENV.sdkAppId} to one of ${apps.join(', ')}`);
}
