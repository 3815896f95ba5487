import { marshall } from '@aws-sdk/util-dynamodb';
import { tableUnits, unitsIn, type Written } from '../../shared/catalog/capacity.ts';
import { INDEXES, type TableIndex } from '../../shared/catalog/table.ts';
import { snapshotItem } from '../../shared/catalog/topics.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { SDK_APP_ID } from './fill.ts';
import { fates } from './sample.ts';

/** What each fate of a topic writes, in units a topic: its item, and each index that its item stands in. */
export function indexWrites(topics: readonly Snapshot[]): Record<string, string | number>[] {
  const names = Object.keys(fates(topics[0] as Snapshot));
  return names.map((fate) => {
    const written = topics.map((topic) =>
      writtenBy(fates(topic)[fate] as readonly [Snapshot | undefined, Snapshot]),
    );
    const mean = (units: (one: Written) => number) =>
      Number((written.reduce((sum, one) => sum + units(one), 0) / written.length).toFixed(2));
    const indexes = INDEXES.filter(({ name }) => name !== 'changes-by-day').flatMap(
      (index): [string, number][] => [
        [index.name, mean((one) => unitsIn(index, one))],
        ...(index.projection === 'ALL' ? [] : [whole(index, mean)]),
      ],
    );
    return { 'a topic': fate, item: mean(tableUnits), ...Object.fromEntries(indexes) };
  });
}

/** The same index if it held whole items. */
function whole(index: TableIndex, mean: (units: (one: Written) => number) => number): [string, number] {
  return [`${index.name} whole`, mean((one) => unitsIn({ ...index, projection: 'ALL' }, one))];
}

function writtenBy([before, after]: readonly [Snapshot | undefined, Snapshot]): Written {
  const item = (topic: Snapshot) =>
    marshall(snapshotItem(SDK_APP_ID, topic), { removeUndefinedValues: true });
  return { before: before && item(before), after: item(after) };
}
