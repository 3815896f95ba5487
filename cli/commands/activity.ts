import { type Command, Option } from 'commander';
import { queriesOf, type TopicActivityRecord } from '../../shared/catalog/queries/index.ts';
import { CommandError } from '../exit.ts';
import { withMirror } from '../mirror.ts';
import { printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
import { sinceDays } from '../times.ts';
import { after, days, type ListingOptions, limit, listing, type Paged } from './options.ts';

const COLUMNS = fields<TopicActivityRecord>('runId', 'groupId', 'topicId', 'newMessages', 'nextMsgSeq');

const DEFAULT_DAYS = 30;

interface ActivityOptions extends ListingOptions, Paged {
  readonly run?: string;
  readonly group?: string;
  readonly topic?: string;
  readonly days?: number;
}

/** Adds `activity`, which lists the messages that each night has seen come. */
export function addActivity(program: Command): void {
  listing(program, 'activity', 'the messages that each run saw come to each topic, newest run first')
    .addOption(new Option('--run <run>', 'only this run, by its id').conflicts('days'))
    .option('--group <id>', 'only this community')
    .option('--topic <id>', 'only this topic of the community')
    .addOption(days(`runs of so many days, today the last of them; ${DEFAULT_DAYS} unless told`))
    .addOption(limit())
    .addOption(after())
    .action(listActivity);
}

async function listActivity(options: ActivityOptions): Promise<void> {
  const { run: runId, group: groupId, topic: topicId, days = DEFAULT_DAYS, ...rest } = options;
  const { limit, after: cursor, format, ...where } = rest;
  if (topicId !== undefined && groupId === undefined)
    throw new CommandError('--topic needs --group, the community that the topic is in');
  const since = runId === undefined ? sinceDays(days, Date.now()) : undefined;
  await withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const wanted = { runId, since, groupId, topicId, cursor };
      const answer = queriesOf(store, sdkAppId).activity(wanted);
      await printAnswer(answer, { record: (one) => one, limit }, COLUMNS, format);
    },
    where,
  );
}
