import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type JsonValue, stringifyJson } from '../../shared/chat/index.ts';
import { namedApp } from '../chooseApp.ts';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Where } from '../mirror.ts';
import type { Column } from '../output/columns.ts';
import { type Format, printListing } from '../output/listing.ts';
import { printable } from '../output/printable.ts';
import { localSource } from '../status/here.ts';
import { statusLine, statusLines } from '../status/lines.ts';
import { createLooker } from '../status/look.ts';
import { createScreen } from '../status/screen.ts';
import type { Source } from '../status/source.ts';
import { type Status, statusOf } from '../status/statusOf.ts';
import { watchStatus } from '../status/watch.ts';
import { type ListingOptions, listing } from './options.ts';

interface StatusOptions extends ListingOptions {
  readonly watch?: boolean;
}

const COLUMNS: Column<Status>[] = [
  { name: 'at', value: ({ at }) => at },
  { name: 'runId', value: ({ runId }) => runId },
  { name: 'phase', value: ({ phase }) => phase },
  { name: 'status', value: ({ status }) => status },
  { name: 'total', value: ({ communities }) => communities?.total },
  { name: 'done', value: ({ communities }) => communities?.done },
  { name: 'open', value: ({ communities }) => communities?.open },
  { name: 'failed', value: ({ communities }) => communities?.failed },
  { name: 'perSecond', value: ({ rate }) => rate?.perSecond ?? rate?.overall },
  { name: 'slotsLeased', value: ({ rate }) => rate?.slotsLeased },
  { name: 'deadLetters', value: ({ deadLetters }) => deadLetters },
  { name: 'leftSeconds', value: ({ leftSeconds }) => leftSeconds },
  { name: 'nextAt', value: ({ nextAt }) => nextAt },
];

const HELP = `
--watch looks once a second, until the run under way has ended, or else the next one: on a terminal in place, elsewhere a
line each time (a record with --format json, jsonl or csv). A look costs about two read units and two requests to
the queues; while communities fail, these are counted every ten seconds, a read unit for about ten of them.
What is done is what is listed and no longer queued; SQS counts approximately. Calls a second are the leases of all who
call the app, an upper bound where few do.

Exit codes: 0, or with --watch 2 when the run that was watched is not COMPLETE · 3 the mirror could not be reached`;

/** Adds `status`, which shows the run that is under way. */
export function addStatus(program: Command): void {
  listing(program, 'status', 'how far the run under way is, at what rate, and what it waits for')
    .addOption(new Option('--watch', 'look again and again, until the run has ended'))
    .addHelpText('after', HELP)
    .action(({ watch = false, format, ...where }: StatusOptions) =>
      watch ? follow(where, format) : once(where, format),
    );
}

async function sourceOf({ stack, app }: Where): Promise<Source> {
  if (stack === undefined) return localSource(process.env, app);
  // Loaded only here: see withMirror.
  const { deployedSource } = await import('../status/deployed.ts');
  return deployedSource(stack, namedApp(process.env, app));
}

async function once(where: Where, format: Format): Promise<void> {
  const source = await sourceOf(where);
  try {
    const look = await source.see(createLooker(Date.now));
    if (!look) return;
    const status = statusOf(look);
    if (format === 'csv') await printListing(oneByOne([status]), COLUMNS, format);
    else console.log(format === 'table' ? statusLines(status).join('\n') : record(status));
  } finally {
    await source.close();
  }
}

async function follow(where: Where, format: Format): Promise<void> {
  const signal = interruptSignal({ ending: 'no longer watching; whatever is under way goes on' });
  const source = await sourceOf(where);
  const looker = createLooker(Date.now);
  const statuses = watchStatus({
    look: () => source.see(looker),
    sleep: (ms) =>
      sleep(ms, undefined, { signal }).catch(() => {
        throw signal.reason;
      }),
  });
  try {
    const last = await printAll(statuses, format);
    process.exitCode = last?.status === 'COMPLETE' ? EXIT.done : EXIT.incomplete;
  } finally {
    await source.close();
  }
}

/** @returns the last one */
async function printAll(statuses: AsyncIterable<Status>, format: Format): Promise<Status | undefined> {
  let last: Status | undefined;
  const noting = (async function* () {
    for await (const status of statuses) {
      last = status;
      yield status;
    }
  })();
  if (format === 'csv') await printListing(noting, COLUMNS, format);
  else {
    const print = format === 'table' ? printer() : (status: Status) => console.log(record(status));
    for await (const status of noting) print(status);
  }
  return last;
}

function printer(): (status: Status) => void {
  if (!process.stdout.isTTY) return (status) => console.log(printable(statusLine(status)));
  const screen = createScreen(process.stdout);
  return (status) => screen.show(statusLines(status));
}

function record(status: Status): string {
  return printable(stringifyJson(status as unknown as JsonValue));
}

async function* oneByOne<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
