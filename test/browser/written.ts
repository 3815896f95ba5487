import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { PRESET } from '../../cli/report/preset.ts';
import { writeReport } from '../../cli/report/write.ts';
import type { MemoryTable } from '../support/memoryTable.ts';
import { type Sample, writeSample } from './sampleCatalog.ts';

/** Makes reports, which are removed when the tests of the file are over. */
export function useReports(table: MemoryTable) {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-report-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let reports = 0;
  /** Writes the report of an app. @returns its file */
  const reportOf = async (sdkAppId: number, rows = PRESET.rows): Promise<string> => {
    const file = join(folder, `${++reports}.html`);
    await writeReport({ store: table.store, sdkAppId }, file, { ...PRESET, rows });
    return file;
  };
  /** Writes the report of a sample catalog. */
  const reportOn = async (sample: Sample) => {
    const sdkAppId = table.freshApp();
    await writeSample(table.store, sdkAppId, sample);
    return { sdkAppId, file: await reportOf(sdkAppId) };
  };
  return { reportOf, reportOn };
}
