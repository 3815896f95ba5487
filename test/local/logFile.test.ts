import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLogFile } from '../../local/logFile.ts';

const night = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-log-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the log of a run', () => {
  it('is a file of its own, to which a resumed run appends', async () => {
    for (const line of ['first', 'resumed']) {
      const log = openLogFile(dataDir, night(1));
      log.sink(line);
      await log.close();
      expect(log.path).not.toContain(':');
    }
    const log = openLogFile(dataDir, night(1));
    await log.close();
    expect(readFileSync(log.path, 'utf8')).toBe('first\nresumed\n');
  });

  it('is kept for thirty nights', async () => {
    for (let day = 1; day <= 33; day++) await openLogFile(dataDir, night(day)).close();
    const kept = readdirSync(join(dataDir, 'logs')).sort();
    expect(kept).toHaveLength(30);
    expect(kept[0]).toContain('2026-01-04');
    expect(kept.at(-1)).toContain('2026-02-02');
  });
});
