import type { LogLevel } from './logger.ts';

/**
 * Every event that a function or a local command logs, with the levels it may have. `error`: somebody has to act; `warn`:
 * it heals by itself unless it stays; `info`: nothing is wrong. docs/logs.md says what each of them means.
 */
export const LOG_EVENTS = {
  'api.error': ['warn'],
  'changes.published': ['info'],
  'communities.listed': ['info'],
  'community.failed': ['warn'],
  'community.skipped': ['info'],
  'community.synced': ['info', 'warn'],
  'community.tombstoned': ['info', 'warn'],
  'event.refused': ['error'],
  'event.shortened': ['warn'],
  'export.requested': ['info'],
  'export.skipped': ['info'],
  'invocation.failed': ['error'],
  metrics: ['info'],
  'poller.error': ['error'],
  'publish.failed': ['warn'],
  'rate.leases-lost': ['warn'],
  'record.failed': ['warn'],
  'record.unreadable': ['error'],
  'run.announced': ['info'],
  'run.closed': ['info'],
  'run.halted': ['error'],
  'run.published': ['info'],
} as const satisfies Readonly<Record<string, readonly LogLevel[]>>;

type Events = typeof LOG_EVENTS;

/** The events of a level. */
export type LogEvent<Level extends LogLevel = LogLevel> = {
  [Event in keyof Events]: Level & Events[Event][number] extends never ? never : Event;
}[keyof Events];
