import { type Command, Option } from 'commander';
import { parseSdkAppId } from '../../shared/config.ts';
import { isRunId } from '../../shared/runId.ts';
import { CommandError } from '../exit.ts';
import type { Where } from '../mirror.ts';
import { FORMATS, type Format } from '../output/listing.ts';

/** What every listing is told: which mirror to read, and how to print. */
export interface ListingOptions extends Where {
  readonly format: Format;
}

/** Adds a command that prints records of a mirror, of this machine or deployed. */
export function listing(program: Command, name: string, description: string): Command {
  return onMirror(program.command(name).description(description)).addOption(
    new Option('--format <format>', 'how to print').choices([...FORMATS]).default('table'),
  );
}

/** Adds the options that say which mirror a command works on: those of {@link Where}. */
export function onMirror(command: Command): Command {
  return command
    .addOption(
      new Option('--stack <name>', 'the mirror that this CloudFormation stack deployed, not the local one'),
    )
    .addOption(
      new Option('--app <SDKAppID>', 'which of the mirrored apps; not needed where there is one').argParser(
        sdkAppId,
      ),
    );
}

/** What a listing is told that ends after so many records. */
export interface Limited {
  readonly limit?: number;
}

/** What a listing is told that goes on where an earlier one ended at its limit. */
export interface Paged extends Limited {
  readonly after?: string;
}

/** The option that lets a listing go on. */
export function after(): Option {
  return new Option(
    '--after <cursor>',
    'only what comes behind an earlier listing, as that one said at its limit',
  );
}

/** The option that ends a listing after so many records. */
export function limit(description = 'at most so many'): Option {
  return new Option('--limit <n>', description).argParser((value) => positive('--limit', value));
}

/** A hundred years: no app is older. */
const MOST_DAYS = 36_500;

/** The option that says how many days are looked at. */
export function days(description: string): Option {
  return new Option('--days <n>', description).argParser((value) => positive('--days', value, MOST_DAYS));
}

/** Largest number that a flag takes, unless it says otherwise: a query's own limit has 32 bits. */
const MOST = 1_000_000_000;

/** Reads a positive whole number from a flag. @throws {CommandError} that names the flag and what is allowed */
export function positive(flag: string, value: string, most = MOST): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
  throw new CommandError(
    `${flag} is ${JSON.stringify(value)}; it must be a positive whole number up to ${most}`,
  );
}

/** Reads a run's id from a flag, before anything is named after it. @throws {CommandError} that names the flag and what is allowed */
export function runId(flag: string): (value: string) => string {
  return (value) => {
    // What is empty is refused with all other options that are.
    if (value === '' || isRunId(value)) return value;
    throw new CommandError(
      `${flag} is ${JSON.stringify(value)}; it must be a run's id such as 2026-11-22T02:00:00.000Z, as runs lists them`,
    );
  };
}

function sdkAppId(value: string): number {
  const app = parseSdkAppId(value);
  if (app !== undefined) return app;
  throw new CommandError(`--app is ${JSON.stringify(value)}; it must be an SDKAppID, a positive integer`);
}
