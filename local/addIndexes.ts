import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { ClassicLevel } from 'classic-level';
import { attributesOf, definitionOf, missingIndexes } from './resources.ts';

/**
 * dynalite 4 adds no index to a table that is there. Here a table of an earlier release is given the indexes that it
 * lacks where dynalite keeps the table's definition, before it is served. No item has their attributes yet, so
 * there is nothing to fill them with: the next night files what is stored.
 */
export async function addIndexes(database: ClassicLevel, table: string): Promise<void> {
  const key = `table~${table}`;
  const stored = await database.get(key);
  if (stored === undefined) return;
  const described = JSON.parse(stored) as TableDescription;
  if (missingIndexes(described).length === 0) return;
  await database.put(key, JSON.stringify(withIndexes(described)), { sync: true });
}

function withIndexes(described: TableDescription): TableDescription {
  const { AttributeDefinitions = [], GlobalSecondaryIndexes = [], TableArn } = described;
  const missing = missingIndexes(described);
  const known = new Set(AttributeDefinitions.map(({ AttributeName }) => AttributeName));
  const added = attributesOf(...missing).filter(({ AttributeName }) => !known.has(AttributeName));
  const indexes = missing.map((index) => ({
    ...definitionOf(index),
    IndexArn: `${TableArn}/index/${index.name}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
    IndexStatus: 'ACTIVE' as const,
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
  }));
  return {
    ...described,
    AttributeDefinitions: [...AttributeDefinitions, ...added],
    GlobalSecondaryIndexes: [...GlobalSecondaryIndexes, ...indexes],
  };
}
