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
 * app·slots·api·window  | `slots`             | slots leased in one window of the rate budget
 */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may drop the item; only leases and old runs carry it. */
  ttl: 'expiresAt',
  indexes: {
    /** Everything that changed on a day, oldest first: app·day·shard, then the time of the observation. */
    changesByDay: { name: 'changes-by-day', partitionKey: 'changeDay', sortKey: 'observedAt' },
    /** What wants a look, and since when: missing and deleted topics, failing communities. Sparse. */
    attention: { name: 'attention', partitionKey: 'attention', sortKey: 'attentionSince' },
  },
} as const;

/** Days that ledger entries' page manifests are kept. */
export const MANIFEST_DAYS = 30;
