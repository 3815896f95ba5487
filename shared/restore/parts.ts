import type { ImportTopicRequest } from '../chat/importTopic.ts';
import type { CallOptions, TopicAnswer, TopicFields } from '../chat/types.ts';
import type { Restore, RestoreId } from './intent.ts';
import type { Sentence } from './sentences.ts';

/** What restoring one topic needs of the world. */
export interface RestoreParts {
  /** Names this command among those that restore; unique. */
  readonly owner: string;
  /** What is stored of a restore, every earlier write included. */
  read(id: RestoreId): Promise<Restore | undefined>;
  /** Stores it. @returns false when what is stored is not what was `seen`, undefined for nothing */
  put(next: Restore, seen: Restore | undefined): Promise<boolean>;
  importTopic(request: ImportTopicRequest, call: CallOptions): Promise<{ topicId: string }>;
  /** Every topic of the community that topics are put into; an empty answer has been doubted. */
  look(groupId: string): Promise<Pick<TopicAnswer, 'topics' | 'failures' | 'unattributed'>>;
  /** One topic of it by its id; undefined when the API says that it is not there. */
  lookFor(groupId: string, topicId: string): Promise<TopicFields | undefined>;
  /** Every restore into the same place, the one that is asked for included. */
  restoresInto(id: RestoreId): Promise<readonly Restore[]>;
  /** Topics of the place that the mirror knew before that time, ISO 8601 UTC. */
  knownBefore(id: RestoreId, time: string): Promise<readonly string[]>;
  /** Whether the command is ending: what failed is not tried again, and nobody is waited for. */
  isEnding?(): boolean;
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<unknown>;
  /** A unique text. */
  mark(): string;
}

/** What became of a topic. */
export type Outcome =
  | { readonly kind: 'restored'; readonly topicId: string }
  /** An earlier restore had done it. */
  | { readonly kind: 'done'; readonly topicId: string }
  /** `halts`: no call for any topic can succeed · `lost`: the API did not answer. */
  | ({ readonly kind: 'failed'; readonly halts?: boolean; readonly lost?: boolean } & Sentence);
