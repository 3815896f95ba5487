import { describe, expect, it } from '@jest/globals';
import { keepDefinitions } from '../../local/directDatabase.ts';
import type { Done, Tables } from '../../local/dynaliteStore.ts';

/** Tables that count their reads, and whose writes are done when the test says so. */
function createTables() {
  const stored = new Map<string, unknown>();
  const underWay: (() => void)[] = [];
  let reads = 0;
  const later = (change: () => void, done: Done) => {
    underWay.push(() => {
      change();
      done(null);
    });
  };
  const tables: Tables = {
    get: (name, done) => {
      reads++;
      done(null, stored.get(name));
    },
    put: (name, value, done) => later(() => stored.set(name, value), done),
    del: (name, done) => later(() => stored.delete(name), done),
  };
  keepDefinitions(tables);
  return {
    tables,
    finish: () => {
      for (const end of underWay.splice(0)) end();
    },
    reads: () => reads,
  };
}

const nothing = () => {};

function read(tables: Tables): unknown {
  let found: unknown;
  tables.get('t', (_, definition) => {
    found = definition;
  });
  return found;
}

describe('definitions of tables', () => {
  it('are read once', () => {
    const { tables, finish, reads } = createTables();
    tables.put('t', 'active', nothing);
    finish();
    expect([read(tables), read(tables), reads()]).toEqual(['active', 'active', 1]);
  });

  it('are not kept as they were before a write that was under way when they were read', () => {
    const { tables, finish } = createTables();
    tables.put('t', 'creating', nothing);
    finish();
    tables.put('t', 'active', nothing);
    expect(read(tables)).toBe('creating');
    finish();
    expect(read(tables)).toBe('active');
    tables.del('t', nothing);
    expect(read(tables)).toBe('active');
    finish();
    expect(read(tables)).toBeUndefined();
  });

  it('are looked for again where there was none', () => {
    const { tables, finish } = createTables();
    expect(read(tables)).toBeUndefined();
    tables.put('t', 'active', nothing);
    finish();
    expect(read(tables)).toBe('active');
  });
});
