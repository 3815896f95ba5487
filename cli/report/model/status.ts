import type { RunStatus } from '../../../shared/catalog/run.ts';
import { printable } from '../../../shared/printable.ts';
import { newestClosed, type ReportData } from '../catalog/data.ts';
import { clock, count, dayInWords } from '../format.ts';

/** What a reader has to know before any figure: as of when it is, and how far it can be trusted. */
export interface Status {
  /** `Run of 22 November 2026, 20:36`. */
  readonly asOf: string;
  /** EMPTY: nothing is mirrored yet. */
  readonly status: RunStatus | 'EMPTY';
  readonly sentence: string;
  /** Why a run is not COMPLETE; what is under way. */
  readonly reasons: readonly string[];
}

const SENTENCES: Readonly<Record<Exclude<RunStatus, 'RUNNING'>, string>> = {
  COMPLETE: 'Every community was read. The active topics below are what the API answered in that run.',
  INCOMPLETE:
    'Not everything could be read. What could not be keeps its last good copy, so some of it may be older.',
  HELD: 'Every community was read. More deletions were confirmed than one run may carry out: they wait for a person’s approval, and those topics are shown as missing.',
};

/** Reasons that are shown; the table of runs has all of them. */
const SHOWN = 5;

export function statusOf(data: ReportData): Status {
  const [newest] = data.runs;
  const asOf = newestClosed(data);
  if (!newest)
    return {
      asOf: 'No run yet',
      status: 'EMPTY',
      sentence: 'Nothing of this app is mirrored yet.',
      reasons: [],
    };
  if (!asOf)
    return {
      asOf: nameOf(newest.runId),
      status: 'RUNNING',
      sentence: 'No run has ended yet. What it has stored so far is below; counts by run follow at its end.',
      reasons: [],
    };
  const reasons = (asOf.reasons ?? []).map(printable);
  const more = reasons.length - SHOWN;
  return {
    asOf: nameOf(asOf.runId),
    status: asOf.status,
    sentence: SENTENCES[asOf.status as keyof typeof SENTENCES],
    reasons: [
      ...reasons.slice(0, SHOWN),
      ...(more > 0 ? [`And ${count(more)} more: see the runs.`] : []),
      ...(newest === asOf
        ? []
        : [
            `The ${nameOf(newest.runId, 'run')} has not ended: topics that it has read already are as it saw them.`,
          ]),
    ],
  };
}

function nameOf(runId: string, what = 'Run'): string {
  return `${what} of ${dayInWords(runId)}, ${clock(runId)}`;
}
