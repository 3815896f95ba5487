/**
 * The catalog's one table, defined once: the infrastructure and the embedded store both build it from here.
 *
 * Partition key   | sort key                  | item
 * `apps`          | SDKAppID                  | an app that the table mirrors
 * app·runs        | run id                    | ledger entry of a run
 * app·run·id      | listed·shard·page         | group ids that one page of the run's enumeration named
 * app·communities·shard | group id            | stamp of a community: digest, counts, outcome of its last run
 * app·community·group   | topic·id            | current snapshot of a topic
 * app·community·group   | change·id·time      | history entry of a topic
 * app·restores    | group·topic·app·group     | restore of a topic, and to where: its intent, then the mapping of ids
 * app·slots·api·window  | `slots`             | slots leased in one window of the rate budget
 */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may drop the item; only leases and old runs carry it. */
  ttl: 'expiresAt',
  indexes: {
    /** Everything that changed on a day, oldest first: app·day·shard, then the time of the observation. */
    changesByDay: {
      name: 'changes-by-day',
      partitionKey: 'changeDay',
      sortKey: 'observedAt',
      projection: 'ALL',
    },
    /** What wants a look, and since when: missing and deleted topics by shard, failing communities. Sparse. */
    attention: {
      name: 'attention',
      partitionKey: 'attention',
      sortKey: 'attentionSince',
      projection: 'ALL',
    },
    /** Topics that are no tombstones by when they were created: app·month·shard, then the time. */
    created: {
      name: 'created',
      partitionKey: 'createdIn',
      sortKey: 'createdAt',
      projection: 'KEYS_ONLY',
    },
    /** The same topics by their last message, or what came before any: app·month·shard, then the time. */
    lastActive: {
      name: 'last-active',
      partitionKey: 'lastActiveIn',
      sortKey: 'lastActiveAt',
      projection: 'KEYS_ONLY',
    },
    /** Those of them in which nobody may speak: app·shard, then the community. Sparse. */
    muted: { name: 'muted', partitionKey: 'mutedIn', sortKey: 'groupId', projection: 'KEYS_ONLY' },
  },
} as const;

/** An index of the table; every attribute of its keys is text. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** What an entry holds: the whole item, or no more than the keys of index and table. */
  readonly projection: 'ALL' | 'KEYS_ONLY';
}

/** The table's indexes in the order in which they were introduced: a deployed table can be given one at a time. */
export const INDEXES: readonly TableIndex[] = Object.values(TABLE.indexes);

/** Days that ledger entries' page manifests are kept. */
export const MANIFEST_DAYS = 30;
