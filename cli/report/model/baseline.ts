import { count } from '../format.ts';
import type { Timeline } from './periods.ts';

/**
 * Why so many topics are not among the created: a community's first answer shows what it had before the mirror came.
 * Undefined when no community was read for the first time.
 */
export function baselineNote({ periods }: Timeline): string | undefined {
  const first = periods.flatMap(({ name, figures }) =>
    figures && figures.baseline > 0 ? [{ name, topics: figures.baseline }] : [],
  );
  const [most] = first.toSorted((a, b) => b.topics - a.topics);
  if (!most) return undefined;
  const topics = first.reduce((sum, period) => sum + period.topics, 0);
  const when = first.length === 1 ? most.name : `most of them, ${count(most.topics)}, on ${most.name}`;
  return topics === 1
    ? `1 topic is not among the created: it is the baseline, what a community had already when it was first read (${when}).`
    : `${count(topics)} topics are not among the created: they are the baseline, what communities had already when they were first read (${when}).`;
}
