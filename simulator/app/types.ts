import type { GroupType } from '../ids.ts';
import type { JsonValue } from '../json.ts';

/**
 * A topic as get_topic answers it, key for key
 * (https://www.tencentcloud.com/document/product/1047/49469); times in seconds UTC.
 * Quirky topics have ShutUpAllFlag instead of MuteAllMember, lack optional fields or carry unknown ones.
 * Integers beyond 2^53 are bigint.
 */
export interface TopicInfo {
  TopicName: string;
  GroupID: string;
  TopicId: string;
  FaceUrl?: string;
  Notification?: string;
  Introduction?: string;
  CustomString?: string;
  NextMsgSeq: number;
  CreateTime: number;
  LastMsgTime: number;
  MuteAllMember?: 'On' | 'Off';
  ShutUpAllFlag?: 0 | 1;
  [unknownField: string]: JsonValue | undefined;
}

/** Fields to set on a topic, by their wire names; null removes a field. MuteAllMember works on every topic. */
export type TopicFields = { [field: string]: JsonValue };

/** A topic with what get_topic says beside its TopicInfo. */
export interface TopicRecord {
  info: TopicInfo;
  /** ErrorInfo of the topic's element; undefined when the element has none (a quirk). */
  errorInfo: string | undefined;
}

/** What is odd about all topics of a community. */
export interface CommunityStyle {
  integerMuteFlag: boolean;
  unknownFields: boolean;
  /** Whether single topics may lack fields. */
  gaps: boolean;
}

export interface Community {
  groupId: string;
  supportsTopics: boolean;
  style: CommunityStyle;
  topics: Map<string, TopicRecord>;
  deletedTopicIds: Set<string>;
  /** Number of the next topic to be created; numbers, and so generated ids, are never used twice. */
  nextOrdinal: number;
  /** Key of the community's topic ids. */
  idKey: number;
}

/** One line of GET /simulator/state. */
export interface CommunityState {
  groupId: string;
  supportsTopics: boolean;
  topics: TopicInfo[];
}

export interface NewCommunity {
  /** Must start with `@TGS#_`; generated when absent. A disbanded community's id makes it live again, without topics. */
  groupId?: string;
  /** Default true. */
  supportsTopics?: boolean;
  /** How many made-up topics it starts with, 0–200, default 0. */
  topics?: number;
}

/** How many random changes of each kind; each defaults to 0. */
export interface MutationPlan {
  edits?: number;
  deletions?: number;
  creations?: number;
  /** Topics that receive messages. */
  messages?: number;
  disbandings?: number;
  newCommunities?: number;
  /** The same seed on the same state gives the same changes. Default: the number of earlier mutate calls. */
  seed?: number;
}

/** Exactly what `mutate` changed. No topic is named twice. */
export interface MutationResult {
  /** `fields` has the new values, by their wire names. */
  edited: { groupId: string; topicId: string; fields: TopicFields }[];
  deleted: { groupId: string; topicId: string }[];
  /** New topics of communities that existed before. */
  created: { groupId: string; topicId: string; topic: TopicInfo }[];
  messaged: { groupId: string; topicId: string; count: number }[];
  /** With the ids of the topics that went with the community. */
  disbanded: { groupId: string; topicIds: string[] }[];
  createdCommunities: { groupId: string; topicIds: string[] }[];
}

/** One app on the server: read it and change it directly, in process. Changes show in the next API answer. */
export interface SimulatedApp {
  readonly sdkAppId: number;
  readonly identifier: string;
  readonly secretKey: string;
  /** Existing communities, in the order get_appid_group_list gives. */
  communityIds(): string[];
  /** Existing groups of a type, or of all types. */
  groupIds(type?: GroupType): string[];
  /** Copies, in the order get_topic gives. @throws Refusal 10010 when there is no such community. */
  topics(groupId: string): TopicInfo[];
  /** All existing communities with their topics, one at a time. */
  state(): Iterable<CommunityState>;
  /** @throws Refusal 10010 (no such community or topic), 110003 (deleted topic), 10004 (ids cannot change). */
  editTopic(groupId: string, topicId: string, fields: TopicFields): TopicInfo;
  deleteTopic(groupId: string, topicId: string): void;
  /**
   * `fields.TopicId` chooses the id; all other fields are optional.
   * @throws Refusal 10021 (id in use), 10037 (community is full), 10010 (no such community).
   */
  createTopic(groupId: string, fields?: TopicFields): TopicInfo;
  /** Raises NextMsgSeq by `count` (default 1) and sets LastMsgTime to now. */
  postMessages(groupId: string, topicId: string, count?: number): TopicInfo;
  createCommunity(community?: NewCommunity): CommunityState;
  disbandCommunity(groupId: string): void;
  /** From now on only this key signs; UserSigs made with the one before are refused. */
  rotateSecretKey(secretKey: string): void;
  /** The app-wide switch of the console: off, and every topic API answers 11000. */
  setCommunityFeature(on: boolean): void;
  /** Off, and the topic APIs answer 11000 for this community. */
  setTopicSupport(groupId: string, on: boolean): void;
  /** Random changes that report themselves.
   * @throws RangeError when the app is too small for the plan; nothing has changed then.
   */
  mutate(plan: MutationPlan): MutationResult;
}
