import type { Mirror } from '../mirror.ts';
import { createNightProgress } from '../output/progress.ts';
import { type ReportWanted, readReportData } from './catalog/read.ts';
import { bundleAssets } from './page/assets.ts';
import { pageOf } from './page/page.ts';
import { PRESET } from './preset.ts';
import { saveAs } from './saveAs.ts';

/**
 * Reads a mirror and writes its report. Progress is shown on a terminal.
 * @throws {CommandError} when the file cannot be written
 */
export async function writeReport(
  mirror: Mirror,
  file: string,
  wanted: Pick<ReportWanted, 'days' | 'rows'> = PRESET,
): Promise<void> {
  const bar = createNightProgress('reading', process.stderr, 'communities/s');
  const assets = bundleAssets();
  const data = await readReportData(mirror, {
    ...wanted,
    now: new Date().toISOString(),
    onProgress: (done, listed) => {
      bar.call();
      bar.update(done, listed);
    },
  }).finally(() => bar.stop());
  saveAs(file, pageOf(data, await assets));
}
