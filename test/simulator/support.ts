import { createRequire } from 'node:module';
import { afterEach } from '@jest/globals';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts';
import { parseJson } from '../../simulator/json.ts';

// Tencent's own signer; it is CommonJS without types.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2/TLSSigAPIv2.js') as {
  Api: new (sdkAppId: number, secretKey: string) => { genSig(identifier: string, expire: number): string };
};

export const LIST = 'group_open_http_svc/get_appid_group_list';
export const GET = 'million_group_open_http_svc/get_topic';
export const IMPORT = 'group_open_http_svc/import_topic';
export const IMPORT_OTHER = 'million_group_open_http_svc/import_topic';
export const DESTROY = 'million_group_open_http_svc/destroy_topic';

export interface TopicElement {
  ErrorCode: number;
  ErrorInfo?: string;
  SelfInfo?: object;
  TopicInfo: Record<string, unknown> & { TopicId: string };
}

export interface Answer {
  ActionStatus: string;
  ErrorCode: number;
  ErrorInfo: string;
  TotalCount: number;
  GroupIdList: { GroupId: string }[];
  Next?: number | bigint;
  TopicAndSelfInfo: TopicElement[];
  TopicId: string;
  DestroyResultItem: { ErrorCode: number; TopicId: string }[];
}

export interface Running {
  simulator: Simulator;
  url: string;
  /** The answer's text, untouched. */
  text(path: string, body: unknown, query?: Record<string, string | undefined>): Promise<string>;
  call(path: string, body: unknown, query?: Record<string, string | undefined>): Promise<Answer>;
  getTopic(groupId: string, more?: object): Promise<Answer>;
}

export function sign(sdkAppId: number, secretKey: string, identifier: string, expire = 3600): string {
  return new Api(sdkAppId, secretKey).genSig(identifier, expire);
}

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A listening simulator, small and without limits unless told otherwise; closed after the test. */
export async function start(options: SimulatorOptions = {}): Promise<Running> {
  const rateLimits = { listPerSecond: Infinity, topicPerSecond: Infinity };
  const simulator = createSimulator({ communities: 60, rateLimits, ...options });
  running.push(simulator);
  const url = await simulator.listen();
  const text: Running['text'] = async (path, body, query) => {
    const response = await fetch(`${url}/v4/${path}?${queryOf(simulator, query)}`, {
      method: 'POST',
      body: bodyOf(body),
    });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    return response.text();
  };
  const call: Running['call'] = async (...args) => parseJson(await text(...args)) as unknown as Answer;
  const getTopic: Running['getTopic'] = (GroupId, more) =>
    call(GET, { GroupId, From_Account: 'someone', ...more });
  return { simulator, url, text, call, getTopic };
}

/** A right query, with some parameters replaced, or left out when undefined. */
function queryOf(simulator: Simulator, replaced: Record<string, string | undefined> = {}): string {
  const { sdkAppId, secretKey, identifier } = simulator.defaults;
  const usersig = sign(sdkAppId, secretKey, identifier);
  const query = {
    sdkappid: String(sdkAppId),
    identifier,
    usersig,
    random: '4294967295',
    contenttype: 'json',
    ...replaced,
  };
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}

function bodyOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** A community with topic support and at least `topics` topics. */
export function someCommunity(simulator: Simulator, topics = 1): string {
  for (const state of simulator.app().state()) {
    if (state.supportsTopics && state.topics.length >= topics) return state.groupId;
  }
  throw new Error('the app has no such community');
}

export function topicIdsOf(answer: Answer): string[] {
  return answer.TopicAndSelfInfo.map((element) => element.TopicInfo.TopicId);
}
