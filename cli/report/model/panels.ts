import { dollarsOf } from '../../../infra/prices.ts';
import { dayOf } from '../../../shared/catalog/changes.ts';
import { GET_TOPIC_CEILING } from '../../../shared/config.ts';
import { isClosed, type ReportData } from '../catalog/data.ts';
import { clock, count, dayInWords, dayShort, dollars, duration, shortCount } from '../format.ts';
import type { Period, PeriodFigures, Timeline } from './periods.ts';
import { type Place, withRoom } from './places.ts';

/** A place, and the value there, if anything is known. */
export interface Point extends Place {
  readonly value?: number;
  /** The value may be too small: the run was not COMPLETE. */
  readonly isShort?: boolean;
}

/** A small chart of one quantity over time. */
export interface Panel {
  readonly title: string;
  /** What the quantity is, in a sentence. */
  readonly meaning: string;
  readonly shape: 'line' | 'bars';
  readonly tone: 'growth' | 'created' | 'updated' | 'deleted' | 'restored' | 'run';
  readonly places: readonly Point[];
  /** A limit that is drawn as a line. */
  readonly limit?: { readonly value: number; readonly name: string };
  /** Whether values come in whole numbers. */
  readonly isWhole: boolean;
  /** A value in words, and on the axis. */
  write(value: number): string;
  tick(value: number): string;
}

const counted = { isWhole: true, write: count, tick: shortCount } as const;

/** Topics and communities over time. */
export function growthPanels(timeline: Timeline): Panel[] {
  const by = placesOf(timeline.periods);
  return [
    {
      ...{ title: 'Topics', meaning: 'Active topics at the end.', shape: 'line', tone: 'growth' },
      ...counted,
      places: by(({ topics }) => topics),
    },
    {
      ...{
        title: 'Communities',
        meaning: 'Communities that the app’s list named.',
        shape: 'line',
        tone: 'growth',
      },
      ...counted,
      places: by(({ communities }) => communities),
    },
  ];
}

/** What was said. */
export function messagePanels({ periods }: Timeline): Panel[] {
  const by = placesOf(periods);
  const bars = { shape: 'bars', tone: 'growth', ...counted } as const;
  return [
    {
      ...bars,
      title: 'New messages',
      meaning: 'Messages that came since the run before.',
      places: by(({ messages }) => messages),
    },
    {
      ...bars,
      title: 'Topics with messages',
      meaning: 'Topics that had at least one of them, counted in each run.',
      places: by(({ messageTopics }) => messageTopics),
    },
  ];
}

/** What people did to topics, kind by kind. */
export function changePanels({ periods }: Timeline): Panel[] {
  const by = placesOf(periods);
  const bars = { shape: 'bars', ...counted } as const;
  return [
    {
      ...bars,
      title: 'Created',
      meaning: 'Topics that appeared in communities known before.',
      tone: 'created',
      places: by(({ created }) => created),
    },
    {
      ...bars,
      title: 'Edited',
      meaning: 'Topics whose name, texts or settings changed.',
      tone: 'updated',
      places: by(({ updated }) => updated),
    },
    {
      ...bars,
      title: 'Deleted',
      meaning: 'Topics that the API confirmed as gone.',
      tone: 'deleted',
      places: by(({ deleted }) => deleted),
    },
    {
      ...bars,
      title: 'Restored',
      meaning: 'Deleted topics that came back.',
      tone: 'restored',
      places: by(({ restored }) => restored),
    },
  ];
}

/** Runs that are drawn: more would not fit. */
const MOST_RUNS = 40;

/** What the last runs took and cost. */
export function runPanels(data: ReportData): Panel[] {
  const runs = data.runs.filter(isClosed).slice(0, MOST_RUNS).reverse();
  const places = (value: (run: (typeof runs)[number]) => number): Point[] =>
    withRoom(
      runs.map((run) => ({
        key: run.runId,
        label: isOneDay ? clock(run.runId) : dayShort(run.runId),
        name: `${dayInWords(run.runId)}, ${clock(run.runId)}`,
        value: value(run),
      })),
    );
  const isOneDay = new Set(runs.map(({ runId }) => dayOf(runId))).size === 1;
  const longest = Math.max(...runs.map(({ summary }) => summary.elapsedMs));
  const [unit, ms] = longest < 120_000 ? ['s', 1000] : ['min', 60_000];
  const bars = { shape: 'bars', tone: 'run', isWhole: false } as const;
  return [
    {
      ...bars,
      title: 'Duration',
      meaning: 'From the start of a run to its end.',
      places: places(({ summary }) => summary.elapsedMs / ms),
      write: (value) => duration(value * ms),
      tick: (value) => `${shortCount(value)} ${unit}`,
    },
    {
      ...bars,
      isWhole: true,
      title: 'Busiest second',
      meaning: `Calls in the busiest second; the API refuses more than ${GET_TOPIC_CEILING}.`,
      places: places(({ summary }) => summary.api.peakPerSecond),
      limit: { value: GET_TOPIC_CEILING, name: `limit ${GET_TOPIC_CEILING}` },
      write: (value) => `${count(value)} calls`,
      tick: shortCount,
    },
    {
      ...bars,
      title: 'Cost',
      meaning: 'Units of DynamoDB at list prices of us-east-1.',
      places: places(({ summary }) => dollarsOf(summary.dynamodb)),
      write: dollars,
      tick: dollars,
    },
  ];
}

function placesOf(periods: readonly Period[]) {
  return (value: (figures: PeriodFigures) => number): Point[] =>
    periods.map(({ figures, ...place }) => ({
      ...place,
      ...(figures && { value: value(figures), isShort: !figures.isComplete }),
    }));
}

/** A chart in one sentence, for those who cannot see it. */
export function summaryOf({ title, places, write }: Panel): string {
  const known = places.filter((place): place is Point & { value: number } => place.value !== undefined);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return `${title}: nothing is known yet.`;
  if (first === last) return `${title}: ${write(last.value)} on ${last.name}.`;
  const most = known.reduce((top, place) => (place.value > top.value ? place : top));
  return `${title}: ${write(first.value)} on ${first.name}, ${write(last.value)} on ${last.name}, at most ${write(most.value)} on ${most.name}.`;
}
