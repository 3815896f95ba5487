import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    for (let day = 1; day <= 33; day++) {
      const log = openLogFile(dataDir, night(day));
      log.sink('a line');
      await log.close();
    }
    const kept = readdirSync(join(dataDir, 'logs')).sort();
    expect(kept).toHaveLength(30);
    expect(kept[0]).toContain('2026-01-04');
    expect(kept.at(-1)).toContain('2026-02-02');
  });

  it('is not made without a line', async () => {
    await openLogFile(dataDir, night(1)).close();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is for its owner alone', async () => {
    const log = openLogFile(dataDir, night(1));
    log.sink('a line');
    await log.close();
    for (const path of [log.path, join(dataDir, 'logs')]) expect(statSync(path).mode & 0o077).toBe(0);
  });

  it.each(['../../x', '', '2026-01-01', '2026-01-01T00:00:00.000Z/x'])(
    'is never named after what is no run: %j',
    (runId) => {
      expect(() => openLogFile(dataDir, runId)).toThrow(`${JSON.stringify(runId)} is not the id of a run`);
    },
  );

  it('that cannot be written ends nothing, and says so when it is closed', async () => {
    // A folder stands in its way.
    const folder = openLogFile(dataDir, night(1));
    mkdirSync(folder.path, { recursive: true });
    folder.sink('a line');
    expect((await folder.close())?.message).toContain('EISDIR');
    writeFileSync(join(dataDir, 'file'), '');
    const nowhere = openLogFile(join(dataDir, 'file'), night(1));
    nowhere.sink('a line');
    expect((await nowhere.close())?.message).toContain('ENOTDIR');
  });
});
