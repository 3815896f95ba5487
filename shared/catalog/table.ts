/**
 * The catalog's one table, defined once: the infrastructure and the embedded store both build it from here.
 *
 * Partition key   | sort key                  | item
 * `apps`          | SDKAppID                  | an app that the table mirrors
 * app·runs        | run id                    | ledger entry of a run
 * app·run·id      | listed·shard·page·reading | group ids that one page of the run's enumeration named
 * app·run·id      | suspicion·what·group id   | community whose answer may be that of all in the run
 * app·communities·shard | group id            | stamp of a community: digest, counts, outcome of its last run
 * app·rosters·shard     | group id            | roster of a community: the activity of its topics
 * app·activity·run·shard | group id           | messages that a run saw come to the topics of a community
 * app·community·group   | topic·id            | profile and status of a topic; of a tombstone its last activity, too
 * app·community·group   | change·id·time      | history entry of a topic's profile
 * app·restores    | group·topic·app·group     | restore of a topic, and to where: its intent, then the mapping of ids
 * app·slots·api·window  | `slots`             | slots leased in one window of the rate budget
 */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may drop the item; leases, old runs and activity entries carry it. */
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
  },
} as const;

/** An index of the table; every attribute of its keys is text. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** An entry holds the whole item. */
  readonly projection: 'ALL';
}

/** The table's indexes. */
export const INDEXES: readonly TableIndex[] = Object.values(TABLE.indexes);

/** Days that ledger entries' page manifests are kept. */
export const MANIFEST_DAYS = 30;
