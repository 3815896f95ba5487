import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import { inOrder, summaryLines } from '../output/summary.ts';
import { syncOnce } from '../sync.ts';

/** Adds `sync`, which runs one night. */
export function addSync(program: Command): void {
  program
    .command('sync')
    .description('mirror the app once: list its communities, fetch their topics, store what differs')
    .option('--json', 'print the summary as one JSON object')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { run, resumed, logPath } = await syncOnce(process.env, 'syncing', interruptSignal());
      if (resumed) console.error(`resumed the unfinished run ${run.runId}`);
      const lines =
        json && run.summary
          ? [JSON.stringify(inOrder(run.summary))]
          : [...summaryLines(run), `  log          ${logPath}`];
      console.log(lines.join('\n'));
      process.exitCode = run.status === 'COMPLETE' ? EXIT.done : EXIT.incomplete;
    });
}
