import { AppState } from '../../../simulator/app/state.ts';
import { RestCalls } from '../../../simulator/calls.ts';
import { type JsonObject, parseJson } from '../../../simulator/json.ts';
import { resolveOptions } from '../../../simulator/options.ts';
import { StatsBook } from '../../../simulator/stats.ts';
import { rollingPeak } from '../../support/rollingPeak.ts';
import { type Environment, latency, type Surroundings } from '../aws/environment.ts';
import { type AnswerLimits, createAnswerFaults } from './answerFaults.ts';
import { createApiFaults, type OnLie } from './apiFaults.ts';

/** How much longer one request may be on its way to the API than another, milliseconds. */
const JITTER_MS = 15;

/** The first environment's port; each has its own, by which its calls are told apart. */
const FIRST_PORT = 10_000;

export interface ChatServerOptions extends AnswerLimits {
  readonly seed: number;
  readonly communities: number;
  readonly topicsPerCommunity: number;
  /** Told of a community whose answer was quietly not the truth. */
  readonly onLie: OnLie;
}

/** The simulated app behind a `fetch` without sockets. */
export interface ChatServer {
  readonly app: AppState;
  /** Base URL that an environment calls. */
  endpointFor(environment: Environment): string;
  readonly fetch: typeof fetch;
  peaks(): Peaks;
}

/** Most calls that arrived in any rolling second, refused ones included. */
export interface Peaks {
  readonly list: number;
  /** Of get_topic, by slots that were leased. */
  readonly topics: number;
  /** Of get_topic, by the fixed shares of those who had lost the leases. */
  readonly shares: number;
}

export function createChatServer(options: ChatServerOptions, around: Surroundings): ChatServer {
  const { seed, communities, topicsPerCommunity, onLie, ...limits } = options;
  const resolved = resolveOptions({
    seed,
    communities,
    topicsPerCommunity,
    latency: { medianMs: 30, sigma: 0.8 },
    now: () => Date.now(),
    intercept: createApiFaults(around, onLie),
  });
  const { sdkAppId, identifier, secretKey } = resolved;
  const shape = { seed, communities, topicsPerCommunity, quirks: true };
  const app = new AppState({ sdkAppId, identifier, secretKey }, shape, resolved.now);
  const stats = new StatsBook([sdkAppId]);
  const calls = new RestCalls(resolved, new Map([[sdkAppId, app]]), stats, new Map());
  const environments: Environment[] = [];
  const arrivals: Record<'leased' | 'shared', number[]> = { leased: [], shared: [] };
  const spoil = createAnswerFaults(around, limits, onLie);

  const answer = async (
    { pathname: path, searchParams: query }: URL,
    bodyText: string,
    isShared: boolean,
  ): Promise<{ status: number; text: string }> => {
    const { time, weather, draw } = around;
    await time.wait(draw.int(1, JITTER_MS));
    if (weather.isIn('outage')) throw failed('ECONNREFUSED');
    if (path.endsWith('/get_topic')) arrivals[isShared ? 'shared' : 'leased'].push(time.now());
    const reply = await calls.answer({ method: 'POST', path, query, bodyText });
    await time.wait(latency(draw, 10));
    if (!reply) throw failed('ECONNRESET');
    return { status: reply.status, text: spoil(parseJson(bodyText) as JsonObject, String(reply.body)) };
  };

  return {
    app,
    endpointFor: (environment) => `http://127.0.0.1:${FIRST_PORT + environments.push(environment) - 1}`,
    fetch: (async (input: string, { body, signal }: { body: string; signal: AbortSignal }) => {
      const url = new URL(input);
      const environment = environments[Number(url.port) - FIRST_PORT] as Environment;
      const command = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
      return environment.effect(command, async () => {
        around.trace.add(`${environment.name} calls ${command} ${body}`);
        const { status, text } = await abortable(
          answer(url, body, environment.sharesUntil > around.time.now()),
          signal,
        );
        around.trace.add(`${environment.name} hears ${status} ${text.slice(0, 80)}`);
        return { status, text: async () => text };
      });
    }) as unknown as typeof fetch,
    peaks: () => ({
      list: stats.counter(sdkAppId, 'get_appid_group_list').stats().peakPerSecond,
      topics: rollingPeak(arrivals.leased, 1000),
      shares: rollingPeak(arrivals.shared, 1000),
    }),
  };
}

/** Rejects when the signal aborts first; the request has its effect all the same. */
function abortable<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** What fetch rejects with when a connection fails. */
function failed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: { code } });
}
