import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Community } from '../../../shared/catalog/community.ts';
import {
  communitiesPartition,
  listedPartition,
  runsPartition,
  SHARDS,
  TOPIC_PREFIX,
  topicsPartition,
} from '../../../shared/catalog/keys.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import type { Attributes } from '../aws/expression.ts';
import type { VirtualTable } from '../aws/virtualTable.ts';
import type { Truth } from '../source/truth.ts';

/** Everything that must hold, by name. */
export const INVARIANTS = [
  'nothing-lost',
  'no-false-tombstone',
  'no-backward-step',
  'ceiling-kept',
  'run-closes',
  'change-log-matches',
  'guard-respected',
  'counts-agree',
  'unlisted-only-after-complete-list',
  'stream-complete',
  'incomplete-has-a-cause',
  'no-unhandled-rejection',
] as const;

export type Invariant = (typeof INVARIANTS)[number];

/** What the checks look at. All times are epoch milliseconds. */
export interface Scene {
  readonly table: VirtualTable;
  readonly truth: Truth;
  readonly sdkAppId: number;
  now(): number;
  /** Whether the API gave an answer about a community that was quietly not the truth. */
  lied(groupId: string, from: number, until: number): boolean;
  /** Whether it said that a community does not exist which does: with a list that lacks it, that would be a proof. */
  deniedExistence(groupId: string, from: number, until: number): boolean;
  /** Whether nothing but the look at hand is under way: no message, and no consumer since it began. */
  isQuiet(): boolean;
  violate(invariant: Invariant, what: string): void;
}

/** A stored item, its attributes as plain values. */
export type Plain = Readonly<Record<string, unknown>>;

export function plain(item: Attributes): Plain {
  return unmarshall(item);
}

export function topicItems({ table, sdkAppId }: Scene, groupId: string): Plain[] {
  const items = table.partition(topicsPartition(sdkAppId, groupId));
  return items.filter((item) => item['sk']?.S?.startsWith(TOPIC_PREFIX)).map(plain);
}

/** A community's history entries, by topic and then by time. */
export function changeItems({ table, sdkAppId }: Scene, groupId: string): Plain[] {
  const items = table.partition(topicsPartition(sdkAppId, groupId));
  return items.filter((item) => item['itemType']?.S === 'change').map(plain);
}

export function stamps({ table, sdkAppId }: Scene): Community[] {
  const shards = Array.from({ length: SHARDS }, (_, shard) => communitiesPartition(sdkAppId, shard));
  return shards.flatMap((pk) => table.partition(pk)).map((item) => plain(item) as unknown as Community);
}

export function runs({ table, sdkAppId }: Scene): Run[] {
  return table.partition(runsPartition(sdkAppId)).map((item) => plain(item) as unknown as Run);
}

/** How many communities a run's list has named so far. */
export function listedCount({ table, sdkAppId }: Scene, runId: string): number {
  const pages = table.partition(listedPartition(sdkAppId, runId));
  return pages.reduce((sum, item) => sum + Number(item['count']?.N), 0);
}

/** Whether a writer is at a community, or died there: what is stored of it may be half of two answers. */
export function isDirty({ digest, writer, deletions }: Community): boolean {
  return digest === undefined || writer !== undefined || (deletions?.confirmed ?? 0) > 0;
}
