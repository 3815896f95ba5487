import type { Command } from 'commander';
import { queriesOf, type SilentTopic } from '../../shared/catalog/queries/index.ts';
import { withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
import { type TopicRecord, topicRecord } from '../records.ts';
import { readInstant } from '../times.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';
import { TOPIC_COLUMNS } from './topics.ts';

/** A topic as `silent` prints it. */
type SilentRecord = TopicRecord & Pick<SilentTopic, 'lastActiveAt'>;

const COLUMNS = [...fields<SilentRecord>('lastActiveAt'), ...TOPIC_COLUMNS];

/** As the table of `topics`; the time of the last message is what it begins with. */
const TABLE_COLUMNS = COLUMNS.slice(0, 6);

interface SilentOptions extends ListingOptions, Paged {
  readonly since: string;
}

/** Adds `silent`, which lists topics without a message since some time. */
export function addSilent(program: Command): void {
  listing(program, 'silent', 'the topics without a message since a time, the longest silent first')
    .requiredOption('--since <time>', 'ISO 8601 UTC, or a span such as 90d or 26w')
    .addOption(limit())
    .addOption(after())
    .action(listSilent);
}

async function listSilent({ since, limit, after, format, ...where }: SilentOptions): Promise<void> {
  const wanted = {
    since: readInstant('--since', since, Date.now()),
    limit: oneMore(limit),
    cursor: after,
  };
  await withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const answer = queriesOf(store, sdkAppId).silentTopics(wanted);
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printAnswer(answer, { record: silentRecord, limit }, columns, format);
    },
    where,
  );
}

function silentRecord({ lastActiveAt, ...topic }: SilentTopic): SilentRecord {
  return { lastActiveAt, ...topicRecord(topic) };
}
