import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, namedStore, reachStore, UnreachableError } from '../local/servers.ts';
import { mirroredApps } from '../shared/catalog/runs.ts';
import type { Store } from '../shared/catalog/store.ts';
import { ENV, type Environment, readSdkAppId, text } from '../shared/config.ts';
import { chooseApp, namedApp } from './chooseApp.ts';
import { CommandError } from './exit.ts';

/** One app's part of the table, opened for reading. */
export interface Mirror {
  readonly store: Store;
  readonly sdkAppId: number;
  /** Aborts when this machine does not let an embedded store go on, with the reason for a user. */
  readonly failed?: AbortSignal;
}

/** Which mirror a command works on, as its options say. */
export interface Where {
  /** Name of a deployed stack; without it the mirror of this machine. */
  readonly stack?: string;
  /** SDKAppID of one of the mirrored apps; without it the environment's, or the only one. */
  readonly app?: number;
}

/**
 * Opens the mirror, hands it to `work`, and closes it. With a stack nothing of this machine is opened or made.
 * @throws {CommandError} when nothing is mirrored yet, several apps are and none is named, or AWS is in the way
 */
export async function withMirror<T>(
  env: Environment,
  work: (mirror: Mirror) => Promise<T>,
  { stack, app }: Where = {},
): Promise<T> {
  if (stack === undefined) return withLocalMirror(env, work, app);
  // Loaded only here: the clients that find a stack would slow down every local command.
  const { withDeployedMirror } = await import('./deployed/mirror.ts');
  return withDeployedMirror(stack, namedApp(env, app), work);
}

async function withLocalMirror<T>(
  env: Environment,
  work: (mirror: Mirror) => Promise<T>,
  app: number | undefined,
): Promise<T> {
  requireMirror(env);
  const opened = await reachStore(env);
  try {
    const store = { client: opened.client, table: opened.table };
    return await work({ store, sdkAppId: await localApp(env, store, app), failed: opened.failed });
  } catch (error) {
    throw namedStore(env) === undefined && isDisconnected(error) ? lost(env) : error;
  } finally {
    await opened.close();
  }
}

/** The store was another command's, and went with it. */
function lost(env: Environment): UnreachableError {
  return new UnreachableError(
    `the command that held the data directory ${dataDirOf(env)} has ended meanwhile; try again`,
  );
}

/** Whether a server that was there is no more. */
export function isDisconnected(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: unknown };
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(String(code));
}

/** Reading must not make a data directory where there is none. @throws {CommandError} */
export function requireMirror(env: Environment): void {
  if (namedStore(env) !== undefined) return;
  const dataDir = dataDirOf(env);
  if (existsSync(join(dataDir, 'store'))) return;
  throw new CommandError(
    `nothing is mirrored in ${dataDir} yet; run "npm start" or "npm run -s mirror -- sync" first`,
  );
}

/** The app that the environment names is taken at its word: before its first night it has no topics, no more. */
export async function localApp(env: Environment, store: Store, app: number | undefined): Promise<number> {
  if (app === undefined && text(env, ENV.sdkAppId) !== undefined) return readSdkAppId(env);
  const apps = await Array.fromAsync(mirroredApps(store));
  if (apps.length === 0)
    throw new CommandError(`the table ${store.table} mirrors no app yet; run sync first`);
  return chooseApp(namedApp(env, app), apps, 'here');
}
