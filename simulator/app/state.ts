import { Refusal } from '../errors.ts';
import { defaultTopicId, type GroupType, isWellFormedCommunityId } from '../ids.ts';
import { Draw } from '../random.ts';
import { Communities } from './communities.ts';
import { addTopics, takeOrdinal } from './deriveCommunity.ts';
import type { GroupList } from './groupList.ts';
import { type AppShape, MAX_TOPICS } from './layout.ts';
import { mutate } from './mutate.ts';
import { blankTopic, setFields } from './topicFields.ts';
import type {
  Community,
  CommunityState,
  MutationPlan,
  MutationResult,
  NewCommunity,
  SimulatedApp,
  TopicFields,
  TopicInfo,
} from './types.ts';

export interface AppIdentity {
  sdkAppId: number;
  identifier: string;
  secretKey: string;
}

/** An app as the APIs and the control see it. */
export class AppState implements SimulatedApp {
  readonly sdkAppId: number;
  readonly identifier: string;
  secretKey: string;
  readonly seed: number;
  readonly #communities: Communities;
  readonly #now: () => number;
  #communityFeature = true;
  #mutations = 0;

  /** @param now milliseconds since 1970 */
  constructor(identity: AppIdentity, shape: AppShape, now: () => number) {
    this.sdkAppId = identity.sdkAppId;
    this.identifier = identity.identifier;
    this.secretKey = identity.secretKey;
    this.seed = shape.seed;
    this.#communities = new Communities(shape);
    this.#now = now;
  }

  rotateSecretKey(secretKey: string): void {
    this.secretKey = secretKey;
  }

  get groups(): GroupList {
    return this.#communities.groups;
  }

  /** Seconds since 1970. */
  nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  communityIds(): string[] {
    return this.groups.ids('Community');
  }

  groupIds(type?: GroupType): string[] {
    return this.groups.ids(type);
  }

  topics(groupId: string): TopicInfo[] {
    const infos = [...this.community(groupId).topics.values()].map(({ info }) => info);
    return this.#communities.isStored(groupId) ? structuredClone(infos) : infos;
  }

  *state(): Generator<CommunityState> {
    for (const groupId of this.communityIds()) {
      if (this.groups.find(groupId)?.live) yield this.#stateOf(groupId);
    }
  }

  /** To be read only. @throws Refusal 10010 or 10007 */
  community(groupId: string): Community {
    return this.#communities.read(groupId);
  }

  /** Whether the topic APIs work here: the app-wide switch and the community's own. */
  topicsWork(community: Community): boolean {
    return this.#communityFeature && community.supportsTopics;
  }

  setCommunityFeature(on: boolean): void {
    this.#communityFeature = on;
  }

  setTopicSupport(groupId: string, on: boolean): void {
    this.#communities.change(groupId).supportsTopics = on;
  }

  createTopic(groupId: string, { TopicId: chosen, ...fields }: TopicFields = {}): TopicInfo {
    const community = this.#communities.change(groupId);
    const topicId = chosen === undefined ? newTopicId(community) : freeTopicId(community, chosen);
    if (community.topics.size >= MAX_TOPICS) throw new Refusal(10037);
    const info = setFields(blankTopic(community, topicId, this.nowSeconds()), fields);
    community.deletedTopicIds.delete(topicId);
    community.topics.set(topicId, { info, errorInfo: 'ok' });
    return structuredClone(info);
  }

  /** New topics with made-up content and no messages; as many as there is room for. */
  inventTopics(groupId: string, count: number, draw: Draw): TopicInfo[] {
    const community = this.#communities.change(groupId);
    const room = Math.min(count, MAX_TOPICS - community.topics.size);
    const fresh = { CreateTime: this.nowSeconds(), LastMsgTime: 0, NextMsgSeq: 1 };
    return addTopics(community, room, draw).map(({ info }) => structuredClone(Object.assign(info, fresh)));
  }

  editTopic(groupId: string, topicId: string, fields: TopicFields): TopicInfo {
    return structuredClone(setFields(this.#storedTopic(groupId, topicId), fields));
  }

  postMessages(groupId: string, topicId: string, count = 1): TopicInfo {
    const info = this.#storedTopic(groupId, topicId);
    info.NextMsgSeq += count;
    info.LastMsgTime = this.nowSeconds();
    return structuredClone(info);
  }

  deleteTopic(groupId: string, topicId: string): void {
    this.#storedTopic(groupId, topicId);
    const { topics, deletedTopicIds } = this.#communities.change(groupId);
    topics.delete(topicId);
    deletedTopicIds.add(topicId);
  }

  createCommunity({ groupId, supportsTopics = true, topics = 0 }: NewCommunity = {}): CommunityState {
    const id = groupId ?? this.#communities.freeId();
    if (!isWellFormedCommunityId(id)) throw new Refusal(10015, id);
    if (this.groups.find(id)?.live) throw new Refusal(10021, `${id} is a group`);
    if (!Number.isInteger(topics) || topics < 0 || topics > MAX_TOPICS) throw new Refusal(10004, 'topics');
    const draw = new Draw(this.seed, 0x44, this.groups.length);
    this.#communities.create(id).supportsTopics = supportsTopics;
    this.inventTopics(id, topics, draw);
    return this.#stateOf(id);
  }

  disbandCommunity(groupId: string): void {
    this.#communities.disband(groupId);
  }

  mutate(plan: MutationPlan): MutationResult {
    return mutate(this, { ...plan, seed: plan.seed ?? this.#mutations++ });
  }

  #stateOf(groupId: string): CommunityState {
    const { supportsTopics } = this.community(groupId);
    return { groupId, supportsTopics, topics: this.topics(groupId) };
  }

  #storedTopic(groupId: string, topicId: string): TopicInfo {
    const { topics, deletedTopicIds } = this.#communities.change(groupId);
    const record = topics.get(topicId);
    if (record) return record.info;
    throw deletedTopicIds.has(topicId)
      ? new Refusal(110003, topicId)
      : new Refusal(10010, `no topic ${topicId}`);
  }
}

function newTopicId(community: Community): string {
  const ordinal = takeOrdinal(community, defaultTopicId);
  return defaultTopicId(community.groupId, ordinal, community.idKey);
}

function freeTopicId({ topics }: Community, topicId: unknown): string {
  if (typeof topicId !== 'string') throw new Refusal(10004, 'TopicId must be a string');
  if (topics.has(topicId)) throw new Refusal(10021);
  return topicId;
}
