import { parseJson, stringifyJson } from '../chat/json.ts';
import type { Roster, RosterRow } from '../sync/roster.ts';
import { groupOf, type Key, rosterKey, rostersPartition, SHARDS, shardOf } from './keys.ts';
import { getItem, queryItems } from './readItems.ts';
import { fullId, shortId } from './shortId.ts';
import type { Item, Store } from './store.ts';
import { putItem } from './writeItems.ts';

/** Reads the roster of a community. */
export async function readRoster(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent }: { readonly consistent: boolean },
): Promise<Roster | undefined> {
  const item = await getItem(store, rosterKey(sdkAppId, groupId), consistent);
  return item && toRoster(item);
}

/**
 * Stores a roster over the one that it was made from, undefined for none: never older over newer, and never over what
 * somebody else has counted.
 * @returns false when the stored roster is another one
 */
export async function putRoster(
  store: Store,
  sdkAppId: number,
  roster: Roster,
  seen: Roster | undefined,
): Promise<boolean> {
  // A repeated request whose first answer was lost finds its own roster there.
  const own = 'observedAt = :observedAt AND runId = :runId';
  const values = { ':observedAt': roster.observedAt, ':runId': roster.runId };
  return putItem(
    store,
    rosterItem(sdkAppId, roster),
    seen
      ? {
          expression: `observedAt = :seenAt AND observedAt < :observedAt OR ${own}`,
          values: { ...values, ':seenAt': seen.observedAt },
        }
      : { expression: `attribute_not_exists(pk) OR ${own}`, values },
  );
}

/** Yields the rosters of an app shard by shard, each in the order of the group ids (as keys spell them). */
export async function* allRosters(
  store: Store,
  sdkAppId: number,
  { from }: { readonly from?: string | undefined } = {},
): AsyncGenerator<Roster> {
  const first = from === undefined ? 0 : shardOf(from);
  for (let shard = first; shard < SHARDS; shard++) {
    const pk = rostersPartition(sdkAppId, shard);
    const behind = shard === first && from !== undefined;
    const condition = behind
      ? {
          expression: 'pk = :pk AND sk >= :from',
          values: { ':pk': pk, ':from': rosterKey(sdkAppId, from).sk },
        }
      : { expression: 'pk = :pk', values: { ':pk': pk } };
    for await (const item of queryItems(store, condition)) yield toRoster(item);
  }
}

/** Lists in which each topic has its place: a name is stored once a roster, not once a topic. */
const COLUMNS = ['createTime', 'nextMsgSeq', 'lastMsgTime'] as const satisfies readonly (keyof RosterRow)[];

/**
 * The item that a roster is stored as. Its lists stand in the order of `topicIds`, null where the API did not send the
 * field; one that would hold nothing is left out. Under 45 bytes a topic with an id of Tencent's making.
 */
export function rosterItem(sdkAppId: number, { groupId, observedAt, runId, rows }: Roster): Item {
  const topics = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const list = (of: (row: RosterRow) => unknown) => {
    const values = topics.map(([, row]) => of(row) ?? null);
    return values.some((value) => value !== null) ? values : undefined;
  };
  const muted = topics.filter(([, row]) => row.muteAllMember).map(([topicId]) => shortId(groupId, topicId));
  const columns = COLUMNS.map((name) => [name, list((row) => row[name])]);
  return {
    ...rosterKey(sdkAppId, groupId),
    itemType: 'roster',
    observedAt,
    runId,
    topicIds: topics.map(([topicId]) => shortId(groupId, topicId)),
    ...Object.fromEntries(columns),
    // Most are not: the ids of those that are take less than a place for each.
    mutedIds: muted.length > 0 ? muted : undefined,
    extra: list(({ extra }) => extra && stringifyJson(extra)),
    newMessages: list(({ newMessages }) => newMessages || null),
  };
}

/** The roster that a stored item holds. */
export function toRoster(item: Item): Roster {
  const groupId = groupOf(item as unknown as Key);
  const { observedAt, runId, topicIds } = item as { observedAt: string; runId: string; topicIds: string[] };
  const muted = new Set((item['mutedIds'] as string[] | undefined) ?? []);
  const at = (name: string, nth: number) => (item[name] as unknown[] | undefined)?.[nth] ?? undefined;
  const rows = topicIds.map((short, nth): [string, RosterRow] => {
    const fields = COLUMNS.map((name) => [name, at(name, nth)]).filter(([, value]) => value !== undefined);
    const extra = at('extra', nth) as string | undefined;
    const row = {
      ...Object.fromEntries(fields),
      ...(muted.has(short) && { muteAllMember: true }),
      ...(extra !== undefined && { extra: parseJson(extra) }),
      newMessages: at('newMessages', nth) ?? 0,
    } as RosterRow;
    return [fullId(groupId, short), row];
  });
  return { groupId, observedAt, runId, rows: new Map(rows) };
}
