import { CommandError } from '../exit.ts';
import type { Where } from '../mirror.ts';
import type { Format } from '../output/listing.ts';
import { readInstant } from '../times.ts';

/** `text` is for people: a plan like a diff, and a report. */
export const RESTORE_FORMATS = ['text', 'table', 'json', 'jsonl', 'csv'] as const;

/** What the command line says. */
export interface RestoreOptions extends Where {
  readonly group?: string[];
  readonly topic?: string[];
  readonly run?: string;
  readonly since?: string;
  readonly toGroup?: string;
  readonly toApp?: number;
  readonly live?: boolean;
  readonly all?: boolean;
  readonly newIds?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly mappings?: boolean;
  readonly format: Format | 'text';
}

/** Which topics are meant. */
export interface Selection {
  readonly groups: readonly string[];
  /** Of the one group; whatever their status. */
  readonly topics: readonly string[];
  /** Only what this run has deleted. */
  readonly run?: string;
  /** Only what was deleted since, ISO 8601 UTC with milliseconds. */
  readonly since?: string;
  readonly which: 'deleted' | 'live' | 'all';
}

/** What is to be done. */
export interface Order {
  readonly selection: Selection;
  readonly toGroup?: string;
  readonly toApp?: number;
  readonly newIds: boolean;
}

/** Reads the flags. @param now epoch milliseconds @throws {CommandError} for those that make no order */
export function orderOf(options: RestoreOptions, now: number): Order {
  const { group: groups = [], topic: topics = [], run, since, toGroup, toApp, newIds = false } = options;
  const { live = false, all = false } = options;
  const isCopy = toGroup !== undefined || toApp !== undefined;
  if ((live || all) && !isCopy)
    throw new CommandError('--live and --all need --to-group or --to-app: a live topic is not put back');
  if (live && all) throw new CommandError('--live or --all, not both');
  if ((live || all) && (run !== undefined || since !== undefined))
    throw new CommandError('--run and --since choose deleted topics: they do not go with --live and --all');
  if (topics.length > 0 && groups.length !== 1)
    throw new CommandError('--topic needs one --group, the community of the topics');
  if (topics.length > 0 && (run !== undefined || since !== undefined))
    throw new CommandError(
      '--topic, or --run and --since, not both: a topic is put back whichever run has deleted it',
    );
  if (toGroup !== undefined && groups.length !== 1)
    throw new CommandError('--to-group needs one --group, the community to copy from');
  const isWholeApp = toApp !== undefined && (live || all);
  if (groups.length === 0 && run === undefined && since === undefined && !isWholeApp)
    throw new CommandError(
      'restore takes --group, --run or --since, which say what is to be put back (or --to-app with --live or --all)',
    );
  return {
    selection: {
      groups,
      topics,
      which: all ? 'all' : live ? 'live' : 'deleted',
      ...(run !== undefined && { run }),
      ...(since !== undefined && { since: readInstant('--since', since, now) }),
    },
    ...(toGroup !== undefined && { toGroup }),
    ...(toApp !== undefined && { toApp }),
    newIds,
  };
}
