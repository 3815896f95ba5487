// Installs the locked dependencies when they are absent or the lockfile has moved on. Plain JavaScript, because
// it runs on whatever Node the machine has; everything after it runs on the Node 24 that the lockfile pins.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const marker = join(root, 'node_modules', '.topic-mirror-installed');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lock) {
  console.error('topic-mirror: installing the locked dependencies (once, about half a minute) …');
  // stdout is data for whoever pipes a command, so npm's own words go to stderr.
  const npm = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error(
      `topic-mirror: npm ci failed${npm.error ? ` (${npm.error.message})` : ''}; check the network and Node ≥ 20, then run it again`,
    );
    process.exit(1);
  }
  writeFileSync(marker, lock);
}
