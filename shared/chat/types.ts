import type { ApiError, ChatError } from './errors.ts';
import type { ImportTopicRequest } from './importTopic.ts';
import type { JsonValue } from './json.ts';
import type { RetryPolicy } from './retry.ts';

/** The commands of the REST API that this project calls. */
export type ChatApi = 'get_appid_group_list' | 'get_topic' | 'import_topic';

/** Group types that get_appid_group_list filters by (https://www.tencentcloud.com/document/product/1047/34960). */
export type GroupType = 'Public' | 'Private' | 'ChatRoom' | 'AVChatRoom' | 'BChatRoom' | 'Community';

/** Counts one caller's traffic; the client increments it in place. */
export interface CallMeter {
  /** Requests sent, every attempt included. */
  calls: number;
  /** Those of them that repeated an earlier attempt. */
  retries: number;
  /** Answers that asked to slow down. */
  rateLimited: number;
}

export interface CallOptions {
  /** When it aborts, the call rejects with the signal's own reason. */
  signal?: AbortSignal;
  /** Milliseconds since the epoch. Attempts are cut here, and no retry begins that cannot finish before it. */
  deadline?: number;
  meter?: CallMeter;
}

export interface ListGroupsRequest {
  /** Group ids a page, at most 10,000. */
  limit: number;
  /** 0n for the first page, afterwards the `next` of the page before. */
  next: bigint;
  groupType?: GroupType;
}

export interface GroupPage {
  groupIds: string[];
  /** Groups of the asked type in the whole app, whatever the page. */
  totalCount: number;
  /** Cursor of the next page, 64-bit unsigned; 0n when this page was the last. */
  next: bigint;
  /** Milliseconds since the epoch, taken just before the answered attempt was sent. */
  requestedAt: number;
}

export interface GetTopicsRequest {
  groupId: string;
  /** Absent or empty: every topic of the community. */
  topicIds?: readonly string[];
  /** TopicInfo field names; absent: all of them. */
  responseFilter?: readonly string[];
}

/** What the API said of one topic. A field it did not send is absent, not empty. */
export interface TopicFields {
  topicId: string;
  topicName?: string;
  introduction?: string;
  notification?: string;
  faceUrl?: string;
  customString?: string;
  /** Seconds since the epoch. */
  createTime?: number;
  /** Seconds since the epoch; 0 when the topic has no message. */
  lastMsgTime?: number;
  nextMsgSeq?: number;
  muteAllMember?: boolean;
  /** TopicInfo fields this project does not know, verbatim. Absent when there is none. */
  extra?: { readonly [key: string]: JsonValue };
}

/** An element of the answer that has an error code of its own, or that cannot be read. */
export interface TopicFailure {
  topicId: string;
  /** Absent: the element cannot be read, and `info` says why. */
  code?: number;
  info: string;
}

export interface TopicAnswer {
  /** Milliseconds since the epoch, taken just before the answered attempt was sent. */
  requestedAt: number;
  topics: TopicFields[];
  failures: TopicFailure[];
  /** Elements that name no topic: where each is, and what is wrong with it. Which topics they are of cannot be told. */
  unattributed: string[];
}

/** A non-zero code the API answered, for metrics. */
export interface CodeEvent {
  api: ChatApi;
  code: number;
  /** `answer`: of the whole answer; `topic`: of one element of get_topic's. */
  level: 'answer' | 'topic';
}

/**
 * The three calls of the Tencent Chat REST API a mirror needs. Each rejects with a {@link ChatError}, with the
 * reason of an aborted signal, or with whatever `secretKey` or `gate` rejected with.
 */
export interface ChatClient {
  /** One page of the app's group ids. */
  listGroups(request: ListGroupsRequest, call?: CallOptions): Promise<GroupPage>;
  /** Every topic of a community, or those named. Rejects with {@link ApiError} 10010 when the community is gone. */
  getTopics(request: GetTopicsRequest, call?: CallOptions): Promise<TopicAnswer>;
  /**
   * Puts a topic back. Only a request with a `topicId` is repeated after a failure that leaves its outcome open;
   * without one a second try could make a second topic (`ChatError.mayHaveHappened`).
   */
  importTopic(request: ImportTopicRequest, call?: CallOptions): Promise<{ topicId: string }>;
}

export interface ChatClientOptions {
  sdkAppId: number;
  /** An app admin's account: the API refuses any other. */
  identifier: string;
  /** `From_Account` of get_topic; default the identifier. */
  fromAccount?: string;
  /** Base URL without a path, as `addressOf` gives it. */
  endpoint: string;
  /** The same API at another host, tried when no connection to the first can be made. Both get the signature. */
  backup?: string;
  /** Gives the app's secret key; `true` asks for a fresh reading because Tencent refused the signature. */
  secretKey: (refresh: boolean) => Promise<string>;
  /**
   * Awaited before every attempt, retries included: the rate budget. What it gives is called when the attempt has ended,
   * however.
   */
  gate?: (api: ChatApi, signal?: AbortSignal, deadline?: number) => Promise<(() => void) | undefined>;
  onRateLimited?: (api: ChatApi) => void;
  onError?: (event: CodeEvent) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** In [0, 1), for jitter and the `random` parameter. */
  random?: () => number;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  fetch?: typeof fetch;
  /** Milliseconds an attempt may take, default 5,000. */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
}
