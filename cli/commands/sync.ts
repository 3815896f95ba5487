import type { Command } from 'commander';
import type { Run } from '../../shared/catalog/run.ts';
import { ENV } from '../../shared/config.ts';
import { namedApp } from '../chooseApp.ts';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Where } from '../mirror.ts';
import { pickedExitCode, pickedLine } from '../output/picked.ts';
import { inOrder, summaryLines } from '../output/summary.ts';
import { syncOnce } from '../sync.ts';
import { type PickEvents, syncGroupsHere } from '../syncGroups.ts';
import { onMirror } from './options.ts';

const LABEL = 'syncing';

interface SyncOptions extends Where {
  readonly group?: string[];
  readonly json?: boolean;
}

/** Adds `sync`, which runs one night, here or on a deployed mirror, or syncs single communities. */
export function addSync(program: Command): void {
  const sync = program
    .command('sync')
    .description('mirror the app once: list its communities, fetch their topics, store what differs')
    .option('--group <ids...>', 'only these communities, now, also while a run is under way')
    .option('--json', 'print the summary as one JSON object');
  onMirror(sync)
    .addHelpText('after', HELP)
    .action(({ group, stack, app, json = false }: SyncOptions) => {
      if (group) return syncGroups([...new Set(group)], { stack, app }, json);
      return stack === undefined ? syncHere(app, json) : syncStack(stack, app, json);
    });
}

const HELP = `
With --group the run that is under way goes on, and no other begins: what is found belongs to the newest run. A
deletion is confirmed, and left to the next run to judge. Of a community that cannot be read nothing is written.

With --stack a run of the deployed mirror is started now and watched to its end; one that is under way is watched
instead. Ctrl-C stops watching, the run goes on.`;

async function syncGroups(
  groupIds: readonly string[],
  { stack, app }: { readonly stack: string | undefined; readonly app: number | undefined },
  json: boolean,
): Promise<void> {
  const events: PickEvents = {
    onPicked: (picked) => {
      if (!json) console.log(pickedLine(picked));
    },
    onWaiting: (why) => {
      if (process.stderr.isTTY) console.error(`waiting: ${why}`);
    },
  };
  const picked = await (stack === undefined
    ? syncGroupsHere(environmentOf(app), groupIds, events)
    : syncGroupsOnStack(stack, app, groupIds, events));
  if (json) console.log(JSON.stringify({ communities: picked }));
  process.exitCode = pickedExitCode(picked);
}

async function syncGroupsOnStack(
  stack: string,
  app: number | undefined,
  groupIds: readonly string[],
  events: PickEvents,
) {
  // Loaded only here: see withMirror.
  const { syncGroupsDeployed } = await import('../deployed/syncGroups.ts');
  return syncGroupsDeployed(stack, namedApp(process.env, app), groupIds, events);
}

function environmentOf(app: number | undefined) {
  return { ...process.env, ...(app !== undefined && { [ENV.sdkAppId]: String(app) }) };
}

async function syncHere(app: number | undefined, json: boolean): Promise<void> {
  const env = environmentOf(app);
  const { run, resumed, logPath } = await syncOnce(env, LABEL, interruptSignal());
  if (resumed) console.error(`resumed the unfinished run ${run.runId}`);
  print(run, json, [`  log          ${logPath}`]);
}

async function syncStack(stack: string, app: number | undefined, json: boolean): Promise<void> {
  // Loaded only here: see withMirror.
  const { syncDeployed } = await import('../deployed/sync.ts');
  const run = await syncDeployed(stack, namedApp(process.env, app), {
    label: LABEL,
    onJoined: (runId) => console.error(`the run ${runId} is under way: it is watched, no other is started`),
    onStarted: (runId) => {
      if (process.stderr.isTTY) console.error(`started the run ${runId}`);
    },
    interruption: (runId) =>
      interruptSignal({ ending: `no longer watching; the run ${runId} of the stack ${stack} goes on` }),
  });
  print(run, json);
}

/** Prints the summary of a closed run and sets the exit code. @param more lines for a person */
function print(run: Run, json: boolean, more: readonly string[] = []): void {
  const lines =
    json && run.summary ? [JSON.stringify(inOrder(run.summary))] : [...summaryLines(run), ...more];
  console.log(lines.join('\n'));
  process.exitCode = run.status === 'COMPLETE' ? EXIT.done : EXIT.incomplete;
}
