import { type Command, Option } from 'commander';
import { CommandError, EXIT } from '../exit.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../export/formats/format.ts';
import { type Where, withMirror } from '../mirror.ts';
import { onMirror } from './options.ts';

interface ExportOptions extends Where {
  readonly out?: string;
  readonly verify?: string;
  readonly format: ExportFormat;
  readonly run?: string;
  readonly force?: boolean;
}

/** Adds `export`, which writes the whole catalog into files. */
export function addExport(program: Command): void {
  onMirror(
    program
      .command('export')
      .description('topics, communities, changes and runs as files, as of the end of a run'),
  )
    .option('--out <folder>', 'where to; an export that was cut off there is gone on with')
    .addOption(
      new Option('--format <format>', 'of the files').choices([...EXPORT_FORMATS]).default('parquet'),
    )
    .option('--run <run>', 'the run, by its id; without it the newest that has ended')
    .option('--force', 'make it anew if the folder holds an export already')
    .addOption(
      new Option('--verify <folder>', 'only compare the files of an export with its manifest').conflicts([
        'out',
        'format',
        'run',
        'force',
        'stack',
      ]),
    )
    .action(runExport);
}

async function runExport({
  out,
  verify,
  format,
  run: runId,
  force = false,
  ...where
}: ExportOptions): Promise<void> {
  if (out === undefined && verify === undefined)
    throw new CommandError('export takes one of --out, a folder to write to, and --verify, one to look at');
  // Loaded only here: other commands have no use for it.
  const { exportTo, verifyExport } = await import('../export/command.ts');
  if (verify !== undefined) {
    process.exitCode = (await verifyExport(verify)) ? EXIT.done : EXIT.incomplete;
    return;
  }
  await withMirror(
    process.env,
    (mirror) => exportTo(mirror, { folder: out as string, format, runId, force }),
    where,
  );
}
