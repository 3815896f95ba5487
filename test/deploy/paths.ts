import { resolve } from 'node:path';

/** Root of the checkout. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

/** Where npm puts the project's programs, the Node that the lockfile pins among them. */
export const BIN = resolve(ROOT, 'node_modules', '.bin');

/** What is kept between runs: the installation of MiniStack, and its last log. */
export const CACHE = resolve(ROOT, 'node_modules', '.cache', 'topic-mirror');
