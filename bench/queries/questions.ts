import { topicsWanting } from '../../shared/catalog/attention.ts';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { type Filled, SDK_APP_ID, SECOND_DAY } from './fill.ts';
import { FIRST_RUN, SECOND_RUN } from './sample.ts';

/** A question and how its answer is asked for. */
export interface Asked {
  readonly question: string;
  ask(): AsyncIterable<unknown>;
  /** Records after which nobody reads on. */
  readonly take?: number;
}

/** The fourteen questions, those with several ways to an answer in each of them. */
export function questionsOf(store: Store, { example }: Filled): Asked[] {
  const queries = queriesOf(store, SDK_APP_ID);
  const { groupId, topicId } = example;
  const now = '2026-11-22T12:00:00.000Z';
  const month = { from: '2025-03-01T00:00:00.000Z', before: '2025-04-01T00:00:00.000Z' };
  const since = '2025-01-01T00:00:00.000Z';
  return [
    { question: '1 topics of a community', ask: () => queries.topics({ groupId }) },
    { question: '1 topics of all communities', ask: () => queries.topics({}) },
    { question: '2 history of a topic', ask: () => queries.history({ groupId, topicId }) },
    {
      question: '3 deleted since, by the index',
      ask: () => topicsWanting(store, SDK_APP_ID, 'topic-deleted', SECOND_DAY.from),
    },
    {
      question: '3 deleted since, by the changes',
      ask: () => queries.changesSince({ since: SECOND_DAY.from, now, kinds: ['deleted'] }),
    },
    {
      question: '4 changes since the second night began',
      ask: () => queries.changesSince({ since: SECOND_RUN, now }),
    },
    { question: '4 changes of the day of the second night', ask: () => queries.changesBetween(SECOND_DAY) },
    { question: '5 communities', ask: () => queries.communities({}) },
    { question: '6 communities that fail or are unsupported', ask: () => queries.failingCommunities({}) },
    { question: '7 runs', ask: () => queries.runs({}) },
    {
      question: '8 most active topics of the second night',
      ask: () => queries.activeTopics({ runId: SECOND_RUN, limit: 20 }),
    },
    { question: '9 silent since 2025', ask: () => queries.silentTopics({ since }) },
    { question: '9 the 20 longest silent', ask: () => queries.silentTopics({ since, limit: 21 }), take: 20 },
    { question: '10 created in a month', ask: () => queries.createdTopics(month) },
    {
      question: '10 the first 20 of a month',
      ask: () => queries.createdTopics({ ...month, limit: 21 }),
      take: 20,
    },
    { question: '11 muted', ask: () => queries.mutedTopics({}) },
    { question: '11 the first 20 muted', ask: () => queries.mutedTopics({ limit: 21 }), take: 20 },
    {
      question: '12 growth of both days',
      ask: () => queries.growthByDay({ from: FIRST_RUN.slice(0, 10), to: SECOND_RUN.slice(0, 10) }),
    },
    { question: '13 messages of a community by night', ask: () => queries.activity({ groupId }) },
    { question: '13 messages of the app in a night', ask: () => queries.activity({ runId: SECOND_RUN }) },
    {
      question: '14 busiest topics of both nights',
      ask: () => queries.activeTopics({ since: FIRST_RUN, limit: 20 }),
    },
  ];
}
