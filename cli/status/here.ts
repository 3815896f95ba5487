import {
  borrowQueues,
  borrowStore,
  type LocalQueues,
  type LocalStore,
  namedStore,
  openStore,
  reachStore,
} from '../../local/servers.ts';
import { type Environment, readCallsPerSecond } from '../../shared/config.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { isDisconnected, localApp, requireMirror } from '../mirror.ts';
import type { Sight } from './look.ts';
import type { Source } from './source.ts';

interface Connection {
  readonly store: LocalStore;
  readonly queues: LocalQueues | undefined;
  /** Whether the process that works on runs is the one that is connected to, or may be anywhere. */
  readonly isAttended: boolean;
}

/**
 * The mirror of this machine. The store of a command that is at work is looked at through that command; otherwise it is
 * opened, looked at once and closed again, so that a watch keeps no sync from beginning.
 */
export function localSource(env: Environment, app: number | undefined): Source {
  let connection: Connection | undefined;
  let isSeen = false;

  const drop = async () => {
    const { store, queues } = connection ?? {};
    connection = undefined;
    await Promise.all([store?.close(), queues?.close()]);
  };

  return {
    see: async (look) => {
      requireMirror(env);
      connection ??= await connect(env);
      try {
        if (connection) return await look(await sightOf(env, app, connection));
      } catch (error) {
        if (!isDisconnected(error)) throw error;
        await drop();
        isSeen = false;
      }
      if (isSeen) return undefined;
      const seen = await lookOnce(env, app, look);
      isSeen = true;
      return seen;
    },
    close: drop,
  };
}

/** A connection that lasts: to the servers of another command, or to those that the environment names. */
async function connect(env: Environment): Promise<Connection | undefined> {
  const store = namedStore(env) === undefined ? await borrowStore(env) : await openStore(env);
  return store && { store, queues: await borrowQueues(env), isAttended: true };
}

async function lookOnce<T>(
  env: Environment,
  app: number | undefined,
  look: (sight: Sight) => Promise<T>,
): Promise<T> {
  const store = await reachStore(env);
  try {
    // Had somebody begun to work meanwhile, the next look would tell.
    return await look(
      await sightOf(env, app, { store, queues: undefined, isAttended: store.embedded === undefined }),
    );
  } finally {
    await store.close();
  }
}

async function sightOf(
  env: Environment,
  app: number | undefined,
  { store: { client, table }, queues, isAttended }: Connection,
): Promise<Sight> {
  const store = { client, table };
  const depth = async (suffix = '') =>
    queues && depthOf({ client: queues.client, url: `${queues.urls.communities}${suffix}` });
  return {
    store,
    sdkAppId: await localApp(env, store, app),
    callsPerSecond: readCallsPerSecond(env),
    depth: () => depth(),
    deadLetters: () => depth('-dead-letters'),
    isAttended,
  };
}
