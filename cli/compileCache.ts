import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'topic-mirror', 'compiled');

/**
 * Keeps what Node compiles, so that the next command starts in half the time. It covers what is imported afterwards,
 * also by worker threads and child processes. Where nothing can be written, nothing is kept.
 */
export function keepCompiled(): void {
  process.env['NODE_COMPILE_CACHE'] ??= CACHE;
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}
