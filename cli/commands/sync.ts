import type { Command } from 'commander';
import type { Run } from '../../shared/catalog/run.ts';
import { ENV } from '../../shared/config.ts';
import { namedApp } from '../chooseApp.ts';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Where } from '../mirror.ts';
import { inOrder, summaryLines } from '../output/summary.ts';
import { syncOnce } from '../sync.ts';
import { onMirror } from './options.ts';

const LABEL = 'syncing';

interface SyncOptions extends Where {
  readonly json?: boolean;
}

/** Adds `sync`, which runs one night, here or on a deployed mirror. */
export function addSync(program: Command): void {
  const sync = program
    .command('sync')
    .description('mirror the app once: list its communities, fetch their topics, store what differs')
    .option('--json', 'print the summary as one JSON object');
  onMirror(sync)
    .addHelpText('after', WITH_STACK)
    .action(({ stack, app, json = false }: SyncOptions) =>
      stack === undefined ? syncHere(app, json) : syncStack(stack, app, json),
    );
}

const WITH_STACK = `
With --stack a run of the deployed mirror is started now and watched to its end; one that is under way is watched
instead. Ctrl-C stops watching, the run goes on.`;

async function syncHere(app: number | undefined, json: boolean): Promise<void> {
  const env = { ...process.env, ...(app !== undefined && { [ENV.sdkAppId]: String(app) }) };
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
