import { dayOf } from '../../../shared/catalog/changes.ts';
import { dayAfter } from '../../../shared/catalog/queries/days.ts';
import type { Run, RunSummary } from '../../../shared/catalog/run.ts';
import { type ClosedRun, isClosed, type ReportData } from '../catalog/data.ts';
import { clock, dayInWords, dayShort } from '../format.ts';
import { type Place, withRoom } from './places.ts';

/** An app on one day or after one run. */
export interface Period extends Place {
  /** What is known of it; undefined of a day on which no run ended. */
  readonly figures?: PeriodFigures;
}

export interface PeriodFigures {
  /** Of the last run: communities that it listed, topics that were active when it ended. */
  readonly communities: number;
  readonly topics: number;
  /** Sums of all runs. */
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly restored: number;
  /** Topics of communities that were seen for the first time: new to the mirror, not to the app. */
  readonly baseline: number;
  /** Messages that came to topics; and the topics that had some, once for each run that saw it. */
  readonly messages: number;
  readonly messageTopics: number;
  /** Whether the last run was COMPLETE: otherwise its counts may be short. */
  readonly isComplete: boolean;
}

export type Grain = 'day' | 'run';

/** What the charts are by, and of how many. */
export interface Timeline {
  readonly grain: Grain;
  readonly periods: readonly Period[];
}

/** With fewer days than this, runs tell more. */
const LEAST_DAYS = 3;

/** Most runs that are shown one by one: more would not fit. */
const MOST_RUNS = 40;

/** The days of the runs, with those between them on which no run ended; or the runs, when they are of very few days. */
export function timelineOf(data: ReportData): Timeline {
  const runs = data.runs.filter(isClosed).reverse();
  const days = new Set(runs.map(({ runId }) => dayOf(runId)));
  if (days.size >= LEAST_DAYS) return { grain: 'day', periods: withRoom(byDay(runs)) };
  const single = runs.slice(-MOST_RUNS).map((run) => ({
    ...nameOfRun(run, days.size > 1),
    figures: figuresOf([run]),
  }));
  return { grain: 'run', periods: withRoom(single) };
}

function byDay(runs: readonly ClosedRun[]): Period[] {
  const grouped = Map.groupBy(runs, ({ runId }) => dayOf(runId));
  const [oldest = '', newest = ''] = [runs[0], runs.at(-1)].map((run) => run && dayOf(run.runId));
  const periods: Period[] = [];
  for (let day = oldest; day <= newest; day = dayAfter(day, 1)) {
    const those = grouped.get(day);
    periods.push({
      ...nameOfDay(day),
      ...(those && { figures: figuresOf(those) }),
    });
  }
  return periods;
}

/** @param runs at least one, oldest first */
function figuresOf(runs: readonly ClosedRun[]): PeriodFigures {
  const { summary, status } = runs.at(-1) as ClosedRun;
  const sum = (of: (summary: RunSummary) => number) =>
    runs.reduce((total, run) => total + of(run.summary), 0);
  return {
    communities: summary.communities.listed,
    topics: summary.topics.active,
    baseline: sum(({ topics }) => topics.baseline),
    created: sum(({ topics }) => topics.created),
    updated: sum(({ topics }) => topics.updated),
    deleted: sum(({ topics }) => topics.deleted),
    restored: sum(({ topics }) => topics.restored),
    messages: sum(({ messages }) => messages.new),
    messageTopics: sum(({ messages }) => messages.topics),
    isComplete: status === 'COMPLETE',
  };
}

function nameOfDay(day: string): Place {
  return { key: day, label: dayShort(day), name: dayInWords(day) };
}

function nameOfRun({ runId }: Run, isOfSeveralDays: boolean): Place {
  const time = clock(runId);
  return {
    key: runId,
    label: isOfSeveralDays ? `${dayShort(runId)} ${time}` : time,
    name: `${dayInWords(runId)}, ${time}`,
  };
}
