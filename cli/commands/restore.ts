import { type Command, Option } from 'commander';
import { restoresOf } from '../../shared/catalog/restores.ts';
import { ENV, parseSdkAppId } from '../../shared/config.ts';
import { CommandError } from '../exit.ts';
import { withMirror } from '../mirror.ts';
import { printListing } from '../output/listing.ts';
import { orderOf, RESTORE_FORMATS, type RestoreOptions } from '../restore/order.ts';
import { MAPPING_COLUMNS, mappingRecord } from '../restore/records.ts';
import { restore } from '../restore/run.ts';
import { onMirror } from './options.ts';

const HELP = `
What is to be put back is printed first, and asked on a terminal; elsewhere --yes carries it out. Ids of the default style
cannot be kept: --mappings lists which became which. Repeating the command is harmless, after a kill too: a topic that is
back is not made again. Text that is too long for import_topic is never cut: the topic is named and left out.

--to-app copies with ${ENV.targetSecretKey} and ${ENV.targetRegion} (or
${ENV.targetEndpoint}), ${ENV.targetIdentifier}; with --stack to another app of the stack.

Exit codes: 0 everything is there · 1 bad usage or configuration · 2 something was not put back · 3 out of reach`;

/** Adds `restore`, which puts deleted topics back, or copies topics elsewhere. */
export function addRestore(program: Command): void {
  const command = program
    .command('restore')
    .description('put deleted topics back, or copy topics into another community or app')
    .option('--group <id...>', 'what is deleted in these communities')
    .option('--topic <id...>', 'only these topics of the one community')
    .option('--run <run>', 'everything that this run has deleted')
    .option('--since <time>', 'everything deleted since: ISO 8601 UTC, or a span such as 24h or 7d')
    .option('--to-group <id>', 'copy into this community instead')
    .addOption(
      new Option('--to-app <SDKAppID>', 'copy into the same communities of this app').argParser(toApp),
    )
    .option('--live', 'with --to-group or --to-app: the live topics, not the deleted ones')
    .option('--all', 'with --to-group or --to-app: both')
    .option('--new-ids', 'have Tencent make up every id')
    .option('--dry-run', 'print the plan and do nothing')
    .option('--yes', 'do not ask')
    .option('--mappings', 'list which id became which, and do nothing; --group for some communities')
    .addOption(new Option('--format <format>', 'how to print').choices([...RESTORE_FORMATS]).default('text'));
  onMirror(command).addHelpText('after', HELP).action(act);
}

async function act(options: RestoreOptions): Promise<void> {
  if (options.mappings) return listMappings(options);
  const order = orderOf(options, Date.now());
  process.exitCode = await withMirror(process.env, (mirror) => restore(mirror, order, options), options);
}

function listMappings({ group = [], format, ...options }: RestoreOptions): Promise<void> {
  if (options.topic || options.run !== undefined || options.since !== undefined)
    throw new CommandError('--mappings goes with --group and --format only');
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const records = async function* () {
        for (const groupId of group.length > 0 ? group : [undefined])
          for await (const one of restoresOf(store, sdkAppId, { groupId })) yield mappingRecord(one);
      };
      await printListing(records(), MAPPING_COLUMNS, format === 'text' ? 'table' : format);
    },
    options,
  );
}

function toApp(value: string): number {
  const app = parseSdkAppId(value);
  if (app !== undefined) return app;
  throw new CommandError(`--to-app is ${JSON.stringify(value)}; it must be an SDKAppID, a positive integer`);
}
