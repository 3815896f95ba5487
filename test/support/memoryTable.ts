import { afterAll, beforeAll } from '@jest/globals';
import { ensureTable } from '../../local/resources.ts';
import type { Key } from '../../shared/catalog/keys.ts';
import { getItem } from '../../shared/catalog/readItems.ts';
import type { Item, Store } from '../../shared/catalog/store.ts';
import { openTableUnderTest, type TableUnderTest } from './tableUnderTest.ts';

/** The catalog's table on a server in memory, for the tests of one file. */
export interface MemoryTable {
  readonly store: Store;
  /** An app that no test has used: a catalog of its own on the same table. */
  freshApp(): number;
  /** An item as it is stored. */
  item(key: Key): Promise<Item | undefined>;
}

/** The table's name. */
export const MEMORY_TABLE = 'topic-mirror-test';

/** Serves the table while a file's tests run. */
export function useMemoryTable(): MemoryTable {
  let server: TableUnderTest | undefined;
  let apps = 1_400_000_000;
  beforeAll(async () => {
    server = await openTableUnderTest();
    await ensureTable(server.client, MEMORY_TABLE);
  });
  afterAll(() => server?.close());
  const opened = (): Store => {
    if (!server) throw new Error('the table is open only while a test runs');
    return { client: server.client, table: MEMORY_TABLE };
  };
  return {
    get store() {
      return opened();
    },
    freshApp: () => ++apps,
    item: (key) => getItem(opened(), key, true),
  };
}
