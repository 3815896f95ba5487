import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Community } from '../../../shared/catalog/community.ts';
import {
  communitiesPartition,
  communityKey,
  groupOf,
  type Key,
  listedPartition,
  rosterKey,
  runsPartition,
  SHARDS,
  TOPIC_PREFIX,
  topicsPartition,
} from '../../../shared/catalog/keys.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import { fullId } from '../../../shared/catalog/shortId.ts';
import type { Attributes } from '../aws/expression.ts';
import type { VirtualTable } from '../aws/virtualTable.ts';
import { type Details, detailsOfItem } from '../source/details.ts';
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
  'rosters-match',
  'messages-counted',
  'messages-are-no-edits',
  'baseline-once',
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

/** A community's roster as it is stored. */
export interface StoredRoster {
  readonly groupId: string;
  readonly observedAt: string;
  readonly runId: string;
  /** What it says of each topic, by topic id. */
  readonly rows: ReadonlyMap<string, Details>;
}

const COLUMNS = ['createTime', 'nextMsgSeq', 'lastMsgTime', 'extra'];

/** The roster that an item holds. */
export function toStoredRoster(item: Plain): StoredRoster {
  const groupId = groupOf(item as unknown as Key);
  const { observedAt, runId, topicIds } = item as Record<'observedAt' | 'runId', string> & {
    topicIds: string[];
  };
  const mutedIds = new Set(item['mutedIds'] as string[] | undefined);
  const rows = topicIds.map((short, nth) => {
    const fields = COLUMNS.map((name) => [name, (item[name] as unknown[] | undefined)?.[nth] ?? undefined]);
    const muted = mutedIds.has(short) ? { muteAllMember: true } : {};
    return [fullId(groupId, short), detailsOfItem({ ...Object.fromEntries(fields), ...muted })] as const;
  });
  return { groupId, observedAt, runId, rows: new Map(rows) };
}

export function rosterOf(scene: Scene, groupId: string): StoredRoster | undefined {
  const item = itemAt(scene, rosterKey(scene.sdkAppId, groupId));
  return item && toStoredRoster(item);
}

export function stampOf(scene: Scene, groupId: string): Community | undefined {
  return itemAt(scene, communityKey(scene.sdkAppId, groupId)) as Community | undefined;
}

function itemAt({ table }: Scene, { pk, sk }: Key): Plain | undefined {
  const item = table.partition(pk).find((one) => one['sk']?.S === sk);
  return item && plain(item);
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

/** Whether a roster is younger than its community's stamp: its writer has died, or is about to stamp. */
export function isOpen({ lastSyncedAt = '' }: Community, { observedAt }: StoredRoster): boolean {
  return observedAt > lastSyncedAt;
}

/** Whether a writer is at a community, or died there: what is stored of it may be half of two answers. */
export function isDirty({ digest, writer, deletions }: Community): boolean {
  return digest === undefined || writer !== undefined || (deletions?.confirmed ?? 0) > 0;
}
