import type { Store } from '../store.ts';
import { activeTopics } from './activeTopics.ts';
import { activityByNight } from './activity.ts';
import { allTopics } from './allTopics.ts';
import { type Answer, answerTo, type Question, type Resumed } from './answer.ts';
import { betweenInstants, sinceInstant } from './changes.ts';
import { createdTopics } from './createdTopics.ts';
import { growthByDay } from './growthByDay.ts';
import { failingCommunities, ignoredCommunities, listCommunities } from './listCommunities.ts';
import { listRuns } from './listRuns.ts';
import { mutedTopics } from './mutedTopics.ts';
import { silentTopics } from './silentTopics.ts';
import { topicHistory } from './topicHistory.ts';

export type { ActiveTopic, ActiveWanted } from './activeTopics.ts';
export type { ActivityWanted, TopicActivityRecord } from './activity.ts';
export type { TopicsWanted } from './allTopics.ts';
export type { Answer, Resumed } from './answer.ts';
export type { ChangesWanted } from './changesBetween.ts';
export type { ChangesSince } from './changesSince.ts';
export type { CreatedWanted } from './createdTopics.ts';
export { CursorError } from './cursor.ts';
export type { DayOfGrowth, GrowthWanted } from './growthByDay.ts';
export type { CommunitiesWanted } from './listCommunities.ts';
export type { MutedWanted } from './mutedTopics.ts';
export type { SilentTopic, SilentWanted } from './silentTopics.ts';
export type { HistoryWanted } from './topicHistory.ts';

/** What can be asked of one app's part of the table. Every answer comes record by record, and none is a Scan. */
export type Queries = ReturnType<typeof queriesOf>;

/**
 * Binds the questions to a table and an app; with a meter in the store, each adds the read units that it took.
 *
 * An {@link Answer} has one order, the same every time, and a `cursor` behind the record that was taken last: given to the
 * same question, in this process or another, it goes on there. The rankings and sums of the last two have none.
 */
export function queriesOf(store: Store, sdkAppId: number) {
  const bound =
    <Args extends unknown[], R>(query: (store: Store, sdkAppId: number, ...args: Args) => R) =>
    (...args: Args): R =>
      query(store, sdkAppId, ...args);
  const answering =
    <Wanted extends object, T>(question: Question<Wanted, T>) =>
    (wanted: Wanted & Resumed): Answer<T> =>
      answerTo(question, store, sdkAppId, wanted);
  return {
    topics: answering(allTopics),
    silentTopics: answering(silentTopics),
    createdTopics: answering(createdTopics),
    mutedTopics: answering(mutedTopics),
    communities: answering(listCommunities),
    failingCommunities: answering(failingCommunities),
    ignoredCommunities: answering(ignoredCommunities),
    changesBetween: answering(betweenInstants),
    changesSince: answering(sinceInstant),
    runs: answering(listRuns),
    history: answering(topicHistory),
    activity: answering(activityByNight),
    activeTopics: bound(activeTopics),
    growthByDay: bound(growthByDay),
  };
}
