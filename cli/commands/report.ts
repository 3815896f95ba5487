import { type Command, Option } from 'commander';
import { type Where, withMirror } from '../mirror.ts';
import { PRESET } from '../report/preset.ts';
import { onMirror, positive } from './options.ts';

/** Where a report is written unless told otherwise. */
const FILE = 'topic-mirror-report.html';

/** A hundred years: no app is older. */
const MOST_DAYS = 36_500;

/** What a browser still sorts in a moment. */
const MOST_ROWS = 500_000;

interface ReportOptions extends Where {
  readonly out: string;
  readonly days: number;
  readonly rows: number;
  readonly force?: boolean;
}

/** Adds `report`, which writes what a mirror holds as one page. */
export function addReport(program: Command): void {
  onMirror(
    program
      .command('report')
      .description('write one page that shows what is mirrored: growth, changes, activity, deletions, runs'),
  )
    .option('--out <file>', 'where to; an earlier report is replaced', FILE)
    .addOption(
      new Option('--days <n>', 'so many days of growth and changes')
        .argParser((value) => positive('--days', value, MOST_DAYS))
        .default(PRESET.days),
    )
    .addOption(
      new Option('--rows <n>', 'at most so many rows of each table')
        .argParser((value) => positive('--rows', value, MOST_ROWS))
        .default(PRESET.rows),
    )
    .option('--force', 'replace the file even if it is no report')
    .action(write);
}

async function write({ out, days, rows, force = false, ...where }: ReportOptions): Promise<void> {
  // Loaded only here: the library that draws would slow down every other command.
  const [{ writeReport }, { checkTarget }] = await Promise.all([
    import('../report/write.ts'),
    import('../report/saveAs.ts'),
  ]);
  checkTarget(out, force);
  await withMirror(process.env, (mirror) => writeReport(mirror, out, { days, rows }), where);
  console.log(out);
}
