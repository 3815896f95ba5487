import { setTimeout as sleep } from 'node:timers/promises';
import { Alerts } from './alerts.ts';
import { apis } from './apis/index.ts';
import type { AppState } from './app/state.ts';
import { authenticate } from './authenticate.ts';
import { Refusal } from './errors.ts';
import { carryOut, type FaultedReply } from './faults/effects.ts';
import type { Candidate, Faults } from './faults/faults.ts';
import type { FaultKind } from './faults/kinds.ts';
import { type Interception, Interceptor, replacesAnswer } from './intercept.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { createLatency } from './latency.ts';
import { createNetwork } from './network.ts';
import type { ResolvedOptions } from './options.ts';
import { RateLimits } from './rateLimits.ts';
import { failReply, okReply, type Reply, refusalFrom } from './reply.ts';
import { type RestRequest, type Route, route } from './routing.ts';
import { CallCounter, type StatsBook } from './stats.ts';

interface Call extends Route {
  counter: CallCounter;
  body: JsonObject;
}

/** For calls of which the caller does not hear the answer. */
const uncounted = new CallCounter();

function groupOf({ GroupId }: JsonObject): { groupId?: string } {
  return typeof GroupId === 'string' ? { groupId: GroupId } : {};
}

/** Answers the REST API's calls: routing, authentication, rate limits, then the API itself. */
export class RestCalls {
  readonly #options: ResolvedOptions;
  readonly #apps: ReadonlyMap<number, AppState>;
  readonly #stats: StatsBook;
  readonly #latency: () => number;
  readonly #network: () => number;
  #lastArrivalAt = 0;
  readonly #rateLimits: RateLimits;
  readonly #alerts: Alerts;
  readonly #interceptor: Interceptor | undefined;
  readonly #faults: ReadonlyMap<number, Faults>;

  constructor(
    options: ResolvedOptions,
    apps: ReadonlyMap<number, AppState>,
    stats: StatsBook,
    faults: ReadonlyMap<number, Faults> = new Map(),
  ) {
    this.#faults = faults;
    this.#options = options;
    this.#apps = apps;
    this.#stats = stats;
    this.#latency = createLatency(options.latency, options.seed);
    this.#network = createNetwork(options.network, options.seed);
    this.#rateLimits = new RateLimits(options.rateLimits);
    this.#alerts = new Alerts(options.rateLimits, options.callbackUrl, stats);
    this.#interceptor = options.intercept && new Interceptor(options.intercept);
  }

  /**
   * Takes effect when its way is over (or when `intercept` has decided); only the answer waits for the latency.
   * Gives undefined when the connection is to be closed without an answer.
   */
  async answer(request: RestRequest): Promise<Reply | undefined> {
    const arrivedAt = await this.#arrival();
    const dueAt = arrivedAt + this.#latency();
    const reply = await this.#reply(request, arrivedAt);
    await pause(dueAt - performance.now());
    return reply;
  }

  /** The moment at which the call's way is over. A timer that fires late is this process's delay, not the call's. */
  async #arrival(): Promise<number> {
    const way = this.#network();
    const dueAt = performance.now() + way;
    await pause(way);
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, dueAt);
    return this.#lastArrivalAt;
  }

  #reply(request: RestRequest, arrivedAt: number): FaultedReply {
    let target: Route;
    try {
      target = route(request, this.#apps, this.#options.importTopicServices);
    } catch (error) {
      this.#stats.unrouted();
      return failReply(refusalFrom(error));
    }
    const counter = this.#stats.counter(target.app.sdkAppId, target.api);
    counter.arrived(arrivedAt);
    this.#alerts.arrived(target.app.sdkAppId, target.api, arrivedAt);
    return this.#admitted(target, counter, request, arrivedAt);
  }

  /** A call that is refused here has no effect and takes no place in its rate window. */
  #admitted(
    target: Route,
    counter: CallCounter,
    { query, bodyText }: RestRequest,
    arrivedAt: number,
  ): FaultedReply {
    let call: Call;
    try {
      authenticate(query, target.app, this.#apps.values());
      call = { ...target, counter, body: parseRequestBody(bodyText) };
      this.#rateLimits.admit(target.app.sdkAppId, target.api, arrivedAt);
    } catch (error) {
      return this.#refused(counter, refusalFrom(error));
    }
    const { groupId } = groupOf(call.body);
    const faults = this.#faults.get(target.app.sdkAppId);
    const candidate = { api: target.api, groupId, bodyText };
    const fault = faults?.of(candidate);
    if (faults && fault !== undefined) return this.#faulted(call, fault, faults, candidate);
    return this.#interceptor ? this.#intercepted(call, bodyText, this.#interceptor) : this.#perform(call);
  }

  /** An answer that a fault replaces or distorts has no entry among the codes. */
  #faulted(call: Call, kind: FaultKind, faults: Faults, candidate: Candidate): FaultedReply {
    call.counter.faulted(kind);
    const perform = (body = call.body) => this.#perform({ ...call, body, counter: uncounted });
    return carryOut(kind, { body: call.body, perform }, faults.hangMs, faults.drawFor(candidate));
  }

  #perform({ api, app, body, counter }: Call): Reply {
    try {
      const reply = okReply(apis[api].run(app, body));
      if (reply.body.length > this.#options.answerLimitBytes) throw new Refusal(10018);
      counter.answered(0);
      return reply;
    } catch (error) {
      return this.#refused(counter, refusalFrom(error));
    }
  }

  #refused(counter: CallCounter, refusal: Refusal): Reply {
    counter.answered(refusal.errorCode);
    return failReply(refusal);
  }

  async #intercepted(call: Call, bodyText: string, interceptor: Interceptor): Promise<Reply | undefined> {
    const { api, app, body } = call;
    const decision = await interceptor.decide({ api, sdkAppId: app.sdkAppId, body }, bodyText);
    await pause(decision.delayMs ?? 0);
    return replacesAnswer(decision) ? replaced(call, decision) : this.#perform(call);
  }
}

function replaced({ api, app, body, counter }: Call, decision: Interception): Reply | undefined {
  counter.intercepted();
  if (decision.performFirst) {
    try {
      apis[api].run(app, body);
    } catch (error) {
      refusalFrom(error); // the caller does not get to know
    }
  }
  if (decision.destroySocket) return undefined;
  const { status = 200, headers = {}, body: text = '' } = decision;
  return { status, headers, body: text };
}

/** A body is a JSON object, `{}` at least (https://trtc.io/document/34620). @throws Refusal 60002 or 60003 */
function parseRequestBody(text: string): JsonObject {
  if (text.trim() === '') throw new Refusal(60002);
  let body: JsonValue;
  try {
    body = parseJson(text);
  } catch {
    throw new Refusal(60003);
  }
  if (!isJsonObject(body)) throw new Refusal(60003, 'the body must be an object');
  return body;
}

/** Does not keep the process alive once the server is closed. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
