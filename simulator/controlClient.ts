import type {
  CommunityState,
  MutationPlan,
  MutationResult,
  NewCommunity,
  TopicFields,
  TopicInfo,
} from './app/types.ts';
import type { VerbName } from './controlVerbs.ts';
import type { FaultState } from './faults/faults.ts';
import type { FaultOptions, FaultSwitch } from './faults/options.ts';
import type { GroupType } from './ids.ts';
import { parseJson, toJson } from './json.ts';
import type { SimulatorStats } from './stats.ts';

/** The control API from another process; the methods are those of SimulatedApp and Simulator. */
export interface SimulatorControl {
  stats(): Promise<SimulatorStats>;
  resetStats(): Promise<void>;
  faults(): Promise<FaultState>;
  /** Sets what befalls calls by chance; rate 0 ends it. */
  setFaults(options: FaultOptions): Promise<FaultState>;
  switchFault(change: FaultSwitch): Promise<FaultState>;
  groupIds(type?: GroupType): Promise<string[]>;
  communityIds(): Promise<string[]>;
  topics(groupId: string): Promise<TopicInfo[]>;
  /** One community at a time, as the server sends them. */
  state(): AsyncGenerator<CommunityState>;
  mutate(plan: MutationPlan): Promise<MutationResult>;
  createTopic(groupId: string, fields?: TopicFields): Promise<TopicInfo>;
  editTopic(groupId: string, topicId: string, fields: TopicFields): Promise<TopicInfo>;
  deleteTopic(groupId: string, topicId: string): Promise<void>;
  postMessages(groupId: string, topicId: string, count?: number): Promise<TopicInfo>;
  createCommunity(community?: NewCommunity): Promise<CommunityState>;
  disbandCommunity(groupId: string): Promise<void>;
  rotateSecretKey(secretKey: string): Promise<void>;
  setCommunityFeature(on: boolean): Promise<void>;
  setTopicSupport(groupId: string, on: boolean): Promise<void>;
}

/**
 * @param baseUrl what `listen` returned, such as http://127.0.0.1:4123
 * @param sdkAppId the app to work on, default the server's default app
 * Every method rejects with the server's error text when it refuses.
 */
export function createSimulatorControl(baseUrl: string, sdkAppId?: number): SimulatorControl {
  const get = <Answer>(path: string, query?: Record<string, string>) =>
    read<Answer>(address(baseUrl, path, sdkAppId, query));
  const post = <Answer>(path: VerbName | 'stats/reset' | 'faults' | 'fault', body: object) =>
    read<Answer>(address(baseUrl, path, sdkAppId), { method: 'POST', body: toJson(body) });
  return {
    stats: () => get('stats'),
    resetStats: () => post('stats/reset', {}),
    faults: () => get('faults'),
    setFaults: (options) => post('faults', options),
    switchFault: (change) => post('fault', change),
    groupIds: (type) => get('groups', type && { type }),
    communityIds: () => get('groups', { type: 'Community' }),
    topics: (groupId) => get('topics', { groupId }),
    state: () => lines(address(baseUrl, 'state', sdkAppId)),
    mutate: (plan) => post('mutate', plan),
    createTopic: (groupId, fields = {}) => post('create-topic', { groupId, fields }),
    editTopic: (groupId, topicId, fields) => post('edit-topic', { groupId, topicId, fields }),
    deleteTopic: (groupId, topicId) => post('delete-topic', { groupId, topicId }),
    postMessages: (groupId, topicId, count = 1) => post('post-messages', { groupId, topicId, count }),
    createCommunity: (community = {}) => post('create-community', community),
    disbandCommunity: (groupId) => post('disband-community', { groupId }),
    rotateSecretKey: (secretKey) => post('rotate-secret-key', { secretKey }),
    setCommunityFeature: (on) => post('set-community-feature', { on }),
    setTopicSupport: (groupId, on) => post('set-topic-support', { groupId, on }),
  };
}

function address(baseUrl: string, path: string, sdkAppId?: number, query: Record<string, string> = {}): URL {
  const url = new URL(`/simulator/${path}`, baseUrl);
  const app = sdkAppId === undefined ? {} : { sdkappid: String(sdkAppId) };
  url.search = new URLSearchParams({ ...query, ...app }).toString();
  return url;
}

/** The caller says what shape the answer has: both ends are built from the same types. */
async function read<Answer>(url: URL, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const value = parseJson(await response.text()) as { error?: string };
  if (!response.ok) throw new Error(`${url.pathname}: ${value.error}`);
  return value as Answer;
}

async function* lines(url: URL): AsyncGenerator<CommunityState> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const [...complete] = (rest + text).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) yield parseJson(line) as unknown as CommunityState;
  }
}
