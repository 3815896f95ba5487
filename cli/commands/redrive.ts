import type { Command } from 'commander';
import type { Run } from '../../shared/catalog/run.ts';
import { namedApp } from '../chooseApp.ts';
import { CommandError, EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Where } from '../mirror.ts';
import { printable } from '../output/printable.ts';
import { inOrder, summaryLines } from '../output/summary.ts';
import { redriveHere } from '../redrive/here.ts';
import type { LeftLetter } from '../redrive/sortLetters.ts';
import { onMirror, runId } from './options.ts';

interface RedriveOptions extends Where {
  readonly run?: string;
  readonly discard?: boolean;
  readonly json?: boolean;
}

const HELP = `
Communities that failed are put back into their own run, which is opened for them, closed again, and printed as sync
prints it. Here these are what the ledger names of the newest run; with --stack they are its dead letters. Of a night that is
over, because a later run has read every community, nothing is put back unless --run names it. What cannot be read, and
what is over, is listed and stays where it is; --discard deletes it. Repeating the command is harmless.`;

/** Adds `redrive`, which gives failed communities another chance in the run that they belong to. */
export function addRedrive(program: Command): void {
  const redrive = program
    .command('redrive')
    .description('put what failed back into its run, and close that run again')
    .option(
      '--run <run>',
      'the run, by its id; without it the newest that misses a community',
      runId('--run'),
    )
    .option('--discard', 'with --stack: delete the dead letters that are not put back')
    .option('--json', 'print the summary as one JSON object');
  onMirror(redrive)
    .addHelpText('after', HELP)
    .action(({ stack, ...options }: RedriveOptions) =>
      stack === undefined ? here(options) : onStack(stack, options),
    );
}

async function here({ run, app, discard = false, json = false }: RedriveOptions): Promise<void> {
  if (discard) throw new CommandError('--discard needs --stack: dead letters here end with their process');
  const which = { ...(run !== undefined && { run }), ...(app !== undefined && { app }) };
  const night = await redriveHere(process.env, which, interruptSignal());
  if (night) print(night.run, json, [`  log          ${night.logPath}`]);
  else console.error(run === undefined ? NOTHING : `the run ${run} misses no community`);
}

const NOTHING = 'nothing to put back: no community failed in the newest run';

async function onStack(stack: string, { run, app, discard = false, json = false }: RedriveOptions) {
  // Loaded only here: see withMirror.
  const { redriveDeployed } = await import('../redrive/deployed.ts');
  const closed = await redriveDeployed(
    stack,
    namedApp(process.env, app),
    { run, discard },
    {
      onLeft: (left, what) => console.error(leftLine(left, what, discard)),
      onPutBack: (runId, messages) => console.error(`put ${messages} back into the run ${runId}`),
      interruption: (runId) =>
        interruptSignal({ ending: `no longer watching; the run ${runId} of the stack ${stack} goes on` }),
    },
  );
  if (closed) print(closed, json);
  else console.error('nothing to put back');
}

/** Characters of a message that are shown: the ids are among them. */
const SHOWN = 200;

function leftLine({ letter: { body }, why }: LeftLetter, what: string, discard: boolean): string {
  const shown = printable(body.length > SHOWN ? `${body.slice(0, SHOWN)}…` : body);
  return `${discard ? 'deleted' : 'left'} ${what}: ${printable(why)}: ${shown}`;
}

function print(run: Run, json: boolean, more: readonly string[] = []): void {
  const lines =
    json && run.summary ? [JSON.stringify(inOrder(run.summary))] : [...summaryLines(run), ...more];
  console.log(lines.join('\n'));
  process.exitCode = run.status === 'COMPLETE' ? EXIT.done : EXIT.incomplete;
}
