import { readFileSync } from 'node:fs';
import {
  BatchExecuteStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SHARDS } from '../../shared/catalog/keys.ts';
import { seedDocumented } from '../support/documentedCatalog.ts';
import { MEMORY_TABLE, useMemoryTable } from '../support/memoryTable.ts';

const table = useMemoryTable();

it('the tables of this suite are Amazon’s own implementation’s', async () => {
  const { client, table: TableName } = table.store;
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.TableArn).toContain(':ddblocal:');
});

/** Statements of docs/queries.md for the table; those behind the words "Over the export:" are for DuckDB. */
const statements = [
  ...readFileSync('docs/queries.md', 'utf8').matchAll(/^([^\n]*)\n```sql\n(.*?)^```/gms),
].flatMap(([, before, text = '']) => (before?.endsWith('Over the export:') ? [] : [text]));

/** With the list that `IN […]` stands for: the partitions of every shard, as they are written out elsewhere. */
function inFull(statement: string): string {
  const wanted = /"(\w+)" IN \[…\]/.exec(statement)?.[1];
  if (wanted === undefined) return statement;
  // Rosters and activity entries are in partitions of the table itself; the latter alone have messages.
  const tells = (one: string) => `${/"topicIds"|"mutedIds"/.test(one)} ${one.includes('"newMessages"')}`;
  const alike = statements.filter((one) => tells(one) === tells(statement));
  const written = alike.map((one) => new RegExp(`"${wanted}" IN (\\[[^…\\]]+\\])`).exec(one)?.[1]);
  const list = written.find((one) => one !== undefined);
  if (list === undefined) throw new Error(`nowhere is it written out what "${wanted}" may be`);
  return statement.replace('[…]', list);
}

describe('the PartiQL of docs/queries.md, executed', () => {
  beforeAll(() => seedDocumented(table.store));

  it('is fourteen statements', () => {
    expect(statements).toHaveLength(14);
  });

  it.each(statements)('finds what it is about: %s', async (statement) => {
    const { client, table: name } = table.store;
    const found: Record<string, unknown>[] = [];
    let NextToken: string | undefined;
    do {
      const Statement = inFull(statement).replaceAll('"MirrorTable"', `"${name}"`);
      const page = await client.send(new ExecuteStatementCommand({ Statement, NextToken }));
      found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(SHARDS);
  });
});

describe('a batch of statements, as the embedded store answers it (test/local/tableServer.test.ts)', () => {
  const insertion = (members: string, ...parameters: string[]) => ({
    Statement: `INSERT INTO "${MEMORY_TABLE}" VALUE {${members}}`,
    Parameters: parameters.map((S) => ({ S })),
  });
  const insert = (...parameters: string[]) => insertion("'pk': ?, 'sk': ?", ...parameters);
  const execute = async (...Statements: { Statement: string; Parameters: { S: string }[] }[]) =>
    (await table.store.client.send(new BatchExecuteStatementCommand({ Statements }))).Responses;

  it('refuses a key that is taken by DuplicateItem, and inserts what stands beside it', async () => {
    await execute(insert('a', '1'));
    expect(await execute(insert('a', '1'), insert('a', '2'))).toEqual([
      {
        TableName: MEMORY_TABLE,
        Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
      },
      { TableName: MEMORY_TABLE },
    ]);
    expect(await table.item({ pk: 'a', sk: '2' })).toBeDefined();
  });

  it('lets one of two win that insert the same key at once', async () => {
    const answers = await Promise.all([execute(insert('b', '1')), execute(insert('b', '1'))]);
    const codes = answers.map((answer) => answer?.[0]?.Error?.Code);
    expect(codes.toSorted()).toEqual(['DuplicateItem', undefined]);
  });

  it('takes a quote in the name of an attribute', async () => {
    await execute(insertion("'pk': ?, 'sk': ?, 'it''s': ?", 'c', '1', 'yes'));
    expect(await table.item({ pk: 'c', sk: '1' })).toMatchObject({ "it's": 'yes' });
  });

  it.each([
    ['with too few parameters', insert('d')],
    ['with an empty key', insert('', '1')],
    ['of an item above 400 KB', insertion("'pk': ?, 'sk': ?, 'text': ?", 'd', '1', 'x'.repeat(420_000))],
  ])('refuses a statement %s by ValidationError, and executes those beside it', async (what, statement) => {
    const answers = await execute(statement, insert('e', what));
    expect(answers?.map((answer) => answer.Error?.Code)).toEqual(['ValidationError', undefined]);
  });

  it('names a table that is not there by ResourceNotFound', async () => {
    const nowhere = { ...insert('f', '1'), Statement: `INSERT INTO "none" VALUE {'pk': ?, 'sk': ?}` };
    expect((await execute(nowhere))?.[0]?.Error?.Code).toBe('ResourceNotFound');
  });
});
