import { historyOf } from '../changes.ts';
import type { Store } from '../store.ts';
import { activeTopics } from './activeTopics.ts';
import { changesBetween } from './changesBetween.ts';
import { changesSince } from './changesSince.ts';
import { growthByDay } from './growthByDay.ts';

export type { ActiveTopic } from './activeTopics.ts';
export type { ChangesWanted } from './changesBetween.ts';
export type { ChangesSince } from './changesSince.ts';
export type { DayOfGrowth, GrowthWanted } from './growthByDay.ts';

/** What can be asked of one app's part of the table. Every answer comes record by record, and none is a Scan. */
export type Queries = ReturnType<typeof queriesOf>;

/** Binds the questions to a table and an app; with a meter in the store, each adds the read units that it took. */
export function queriesOf(store: Store, sdkAppId: number) {
  const bound =
    <Args extends unknown[], R>(query: (store: Store, sdkAppId: number, ...args: Args) => R) =>
    (...args: Args): R =>
      query(store, sdkAppId, ...args);
  return {
    historyOf: bound(historyOf),
    changesBetween: bound(changesBetween),
    changesSince: bound(changesSince),
    activeTopics: bound(activeTopics),
    growthByDay: bound(growthByDay),
  };
}
