import type { PlannedTopic } from '../../shared/restore/plan.ts';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Mirror } from '../mirror.ts';
import { printListing } from '../output/listing.ts';
import { printable } from '../output/printable.ts';
import { createNightProgress } from '../output/progress.ts';
import { type CarriedOut, carryOut } from './carryOut.ts';
import type { Halt } from './conduct.ts';
import { confirm, isOnTerminal } from './confirm.ts';
import type { orderOf, RestoreOptions } from './order.ts';
import { restorePartsOf } from './parts.ts';
import { planOrder } from './planOrder.ts';
import { PLAN_COLUMNS, planRecord, REPORT_COLUMNS, reportRecord } from './records.ts';
import { openTarget } from './target.ts';
import { planLines, reportLines } from './text.ts';

type Order = ReturnType<typeof orderOf>;

/** Plans, prints, asks, puts back and reports. @returns the exit code @throws what ended it before its end */
export async function restore(mirror: Mirror, order: Order, options: RestoreOptions): Promise<number> {
  const planned = await planOrder(mirror, order);
  const { dryRun = false, yes = false, format } = options;
  const open = planned.filter(({ action }) => action === 'create').length;
  const isLast = dryRun || !(yes || isOnTerminal());
  if (format === 'text' || isLast) await printPlan(planned, format);
  // Records on stdout are of what was done; whoever is asked reads beside them what for.
  else if (!yes && open > 0) console.error(planLines(planned).join('\n'));
  if (dryRun) return EXIT.done;
  const leftOut = planned.some(({ action }) => action === 'left-out');
  if (open > 0 && !yes) {
    if (isLast) {
      console.error('nothing was put back: this is the plan, and --yes carries it out');
      return EXIT.incomplete;
    }
    if (!(await confirm(`Put back ${open} ${open === 1 ? 'topic' : 'topics'}?`))) {
      console.error('nothing was put back');
      return EXIT.incomplete;
    }
  }
  if (!planned.some(({ action }) => action === 'create' || action === 'done'))
    return leftOut ? EXIT.incomplete : EXIT.done;
  return work(mirror, planned, options);
}

async function work(
  mirror: Mirror,
  planned: readonly PlannedTopic[],
  options: RestoreOptions,
): Promise<number> {
  const progress = createNightProgress('putting back', process.stderr, 'calls/s', 'topics');
  const signal = interruptSignal({
    notice: 'stopping after the calls under way …',
    ending: 'interrupted; the same command goes on with what is left',
  });
  const target = await openTarget(process.env, mirror, { ...options, onCall: () => progress.call() });
  try {
    const parts = restorePartsOf(mirror, target);
    const carried = await carryOut(parts, planned, { signal, onProgress: progress.update });
    progress.stop();
    await printReport(planned, carried, options.format);
    if (carried.halt?.kind === 'error') throw carried.halt.error;
    signal.throwIfAborted();
    return exitCodeOf(planned, carried);
  } finally {
    progress.stop();
    target.close();
  }
}

function exitCodeOf(planned: readonly PlannedTopic[], { results, unlinked, halt }: CarriedOut): number {
  for (const groupId of unlinked)
    console.error(
      `the tombstones of ${groupId} do not name the new ids yet, because others are writing it; repeat the command`,
    );
  if (halt) tellHalt(halt);
  const isThere = (topic: PlannedTopic) => {
    const { kind } = results.get(topic) ?? { kind: topic.action };
    return kind === 'restored' || kind === 'done' || kind === 'live';
  };
  if (planned.every(isThere) && unlinked.length === 0) return EXIT.done;
  const any = [...results.values()].some(({ kind }) => kind === 'restored');
  if (any) return EXIT.incomplete;
  if (halt) return halt.kind === 'refused' ? EXIT.usage : EXIT.unreachable;
  return nobodyAnswered(results) ? EXIT.unreachable : EXIT.incomplete;
}

/** Whether the API gave no answer for any topic; too few of them were tried for that to have ended the command. */
function nobodyAnswered(results: CarriedOut['results']): boolean {
  const all = [...results.values()];
  return all.length > 0 && all.every((result) => result.kind === 'failed' && result.lost === true);
}

function tellHalt(halt: Halt): void {
  if (halt.kind === 'error') return;
  const what = halt.kind === 'refused' ? 'no call can succeed' : 'the API does not answer';
  console.error(`topic-mirror: ended, since ${what}: ${printable(halt.message)}`);
}

async function printPlan(planned: readonly PlannedTopic[], format: RestoreOptions['format']): Promise<void> {
  if (format === 'text') console.log(planLines(planned).join('\n'));
  else await printListing(each(planned, planRecord), PLAN_COLUMNS, format);
}

async function printReport(
  planned: readonly PlannedTopic[],
  carried: CarriedOut,
  format: RestoreOptions['format'],
): Promise<void> {
  if (format === 'text') console.log(['', ...reportLines(planned, carried)].join('\n'));
  else {
    const records = each(planned, (topic) => reportRecord(topic, carried.results.get(topic)));
    await printListing(records, REPORT_COLUMNS, format);
  }
}

async function* each<T, R>(values: Iterable<T>, map: (value: T) => R): AsyncGenerator<R> {
  for (const value of values) yield map(value);
}
