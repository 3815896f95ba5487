import { printable } from '../output/printable.ts';
import { summaryLines } from '../output/summary.ts';
import type { Status } from './statusOf.ts';

/** A status as lines for a person. */
export function statusLines(status: Status): string[] {
  const { phase, runId = '', summary, reasons = [], waitsFor, nextAt } = status;
  const next = nextAt === undefined ? [] : [`  next run     ${nextAt}`];
  if (phase === 'none') return ['no run yet', ...next];
  const waits = waitsFor === undefined || waitsFor === '' ? [] : [`  waits for    ${printable(waitsFor)}`];
  if (phase !== 'closed') return [...openLines(status), ...waits];
  if (!summary) return [`run ${runId}: ${status.status}`, ...waits, ...next];
  const run = { runId, status: summary.status, reasons, summary } as Parameters<typeof summaryLines>[0];
  return [
    'no run is under way; the last one:',
    ...summaryLines(run),
    ...deadLines(status),
    ...waits,
    ...next,
  ];
}

function openLines(status: Status): string[] {
  const { phase, runId, elapsedMs = 0, communities, rate = {}, errors = {}, leftSeconds } = status;
  const { listed = 0, total = 0, done, open, failed = 0 } = communities ?? {};
  const { perSecond, overall, slotsLeased, budget } = rate;
  const rates = [
    ...(perSecond === undefined ? [] : [`${perSecond}/s now`]),
    ...(overall === undefined ? [] : [`${overall}/s in all`]),
    ...(slotsLeased === undefined || budget === undefined
      ? []
      : [
          `${slotsLeased} of ${budget} calls a second leased (${Math.round((100 * slotsLeased) / budget)} %)`,
        ]),
  ];
  const counts = [
    ...(done === undefined ? [`${listed} of ${total} listed`] : [`${done} of ${total} done`]),
    ...(open === undefined ? [] : [`${open} open`]),
    `${failed} failed`,
  ];
  return [
    `run ${runId}: ${phase}, ${duration(elapsedMs / 1000)} so far`,
    `  communities  ${counts.join(', ')}`,
    ...(rates.length > 0 ? [`  rate         ${rates.join(', ')}`] : []),
    ...(failed > 0 ? [`  errors       ${listOf(errors)}`] : []),
    ...deadLines(status),
    ...(leftSeconds === undefined ? [] : [`  left         about ${duration(leftSeconds)}`]),
  ];
}

function deadLines({ deadLetters = 0 }: Status): string[] {
  return deadLetters > 0 ? [`  dead letters ${deadLetters}`] : [];
}

/** A status as one line, for whoever reads a pipe. */
export function statusLine({
  at,
  phase,
  runId,
  communities,
  rate,
  deadLetters,
  leftSeconds,
  status,
}: Status): string {
  if (phase === 'none') return `${at} no run yet`;
  if (phase === 'closed') return `${at} run ${runId}: ${status}`;
  const { total = 0, done = 0, failed = 0 } = communities ?? {};
  const { perSecond = rate?.overall } = rate ?? {};
  return [
    `${at} run ${runId}: ${phase}, ${done} of ${total} done`,
    ...(perSecond === undefined ? [] : [`${perSecond}/s`]),
    `${failed} failed`,
    ...(deadLetters === undefined ? [] : [`${deadLetters} dead letters`]),
    ...(leftSeconds === undefined ? [] : [`about ${duration(leftSeconds)} left`]),
  ].join(', ');
}

function listOf(errors: Readonly<Record<string, number>>): string {
  return Object.entries(errors)
    .map(([code, count]) => `${code} × ${count}`)
    .join(', ');
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
