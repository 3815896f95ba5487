import { type Command, Option } from 'commander';
import { parseSdkAppId } from '../../shared/config.ts';
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

function sdkAppId(value: string): number {
  const app = parseSdkAppId(value);
  if (app !== undefined) return app;
  throw new CommandError(`--app is ${JSON.stringify(value)}; it must be an SDKAppID, a positive integer`);
}
