import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runNight } from '../../../local/night.ts';
import { dayOf } from '../../../shared/catalog/changes.ts';
import type { MutationResult, TopicInfo } from '../../../simulator/index.ts';
import { type Deployed, deploy } from '../../cli/deployed/deployed.ts';
import { parseCsv } from '../../cli/parseCsv.ts';
import { cleanUp, topicMirror } from '../../cli/topicMirror.ts';
import { TABLE_NAME } from '../../support/world.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let deployed: Deployed;
let changed: MutationResult;
/** Times before and after the second night. */
let between: string;
let runIds: string[];
let hostile: TopicInfo;

beforeAll(async () => {
  deployed = await deploy();
  const { simulator, parts } = deployed.world;
  const app = simulator.app();
  app.setTopicSupport(app.createCommunity().groupId, false);
  runIds = [new Date().toISOString()];
  await runNight({ parts, runId: runIds[0] as string });
  between = new Date().toISOString();
  changed = app.mutate({ edits: 3, deletions: 2, creations: 2, messages: 4 });
  const { groupId, topicId } = changed.edited[0] as MutationResult['edited'][number];
  hostile = app.editTopic(groupId, topicId, { TopicName: '=1+1\u001b[2J\u202egone' });
  runIds.push(new Date().toISOString());
  await runNight({ parts, runId: runIds[1] as string });
}, 60_000);

afterAll(async () => {
  cleanUp();
  await deployed.close();
});

const run = (...args: string[]) => topicMirror([...args, '--stack', 'prod'], deployed.env);

/** What a limited listing says where there is more. */
const MORE = /^there is more; to go on: --after ([\w-]+)\n$/;

async function records(...args: string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stdout, stderr } = await run(...args, '--format', 'json');
  expect({ exitCode, stderr: stderr.replace(MORE, '') }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** A listing read so many records at a time, each time from where the last one ended. */
async function inPages(size: number, ...args: string[]): Promise<Record<string, unknown>[][]> {
  const pages: Record<string, unknown>[][] = [];
  for (let cursor: string[] | undefined = []; cursor; ) {
    const { exitCode, stdout, stderr } = await run(
      ...args,
      '--limit',
      String(size),
      '--format',
      'json',
      ...cursor,
    );
    expect(exitCode).toBe(0);
    pages.push(JSON.parse(stdout));
    const [, next] = MORE.exec(stderr) ?? [];
    expect(next === undefined ? stderr : '').toBe('');
    cursor = next === undefined ? undefined : ['--after', next];
  }
  return pages;
}

const secondsOf = (time: string) => Date.parse(time) / 1000;

const idsOf = (topics: readonly object[]) =>
  topics.map((topic) => (topic as { topicId: string }).topicId).sort();

describe('changes', () => {
  it('prints what happened since a time, by kind', async () => {
    const [all, some, first] = await Promise.all([
      records('changes', '--since', between),
      records('changes', '--since', between, '--kind', 'created', 'deleted'),
      records('changes', '--since', '2d', '--kind', 'updated', '--limit', '2'),
    ]);
    const { edited, deleted, created } = changed;
    expect(idsOf(all)).toEqual(idsOf([...edited, ...deleted, ...created]));
    expect(idsOf(some)).toEqual(idsOf([...deleted, ...created]));
    expect(first).toEqual(all.filter(({ kind }) => kind === 'updated').slice(0, 2));
    for (const { kind, before, after, ...ids } of all) {
      expect(ids).toEqual({
        observedAt: expect.any(String),
        runId: runIds[1],
        groupId: expect.any(String),
        topicId: expect.any(String),
      });
      expect({ kind, before: before !== undefined, after: after !== undefined }).toEqual({
        kind,
        before: kind !== 'created',
        after: kind !== 'deleted',
      });
    }
  });

  it('prints the changes of a day, to a local reader of the same table as well', async () => {
    const env = { ...deployed.env, TOPIC_MIRROR_TABLE: TABLE_NAME, AWS_ENDPOINT_URL_CLOUDFORMATION: '' };
    const args = ['changes', '--day', dayOf(between), '--format', 'jsonl'];
    const [there, here] = await Promise.all([run(...args), topicMirror(args, env)]);
    expect(here).toEqual(there);
    expect(here.exitCode).toBe(0);
    expect(here.stdout.trim().split('\n').length).toBeGreaterThanOrEqual(7);
    const { stdout } = await run('changes', '--day', '2001-01-01');
    expect(stdout).toBe('nothing to show\n');
  });

  it('makes texts that mean harm harmless, and keeps them to the letter in JSON', async () => {
    const args = ['changes', '--since', between, '--kind', 'updated', '--format'];
    const [csv, jsonl, topics] = await Promise.all([
      run(...args, 'csv'),
      run(...args, 'jsonl'),
      run('topics', '--group', hostile.GroupID, '--format', 'csv'),
    ]);
    for (const { stdout } of [csv, jsonl, topics]) expect(stdout).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
    const lines = jsonl.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { after } = lines.find(({ topicId }: { topicId: string }) => topicId === hostile.TopicId);
    expect(after.topicName).toBe(hostile.TopicName);
    const cells = parseCsv(csv.stdout).flat();
    expect(cells).toContain(`'${hostile.TopicId}`);
    expect(parseCsv(topics.stdout).flat()).toContain("'=1+1\\u001b[2J\\u202egone");
  });
});

describe('history', () => {
  it('prints what became of one topic, oldest first', async () => {
    const { groupId, topicId } = changed.deleted[0] as MutationResult['deleted'][number];
    const args = ['history', '--group', groupId, '--topic', topicId];
    const [history, one, table] = await Promise.all([
      records(...args),
      records(...args, '--limit', '1'),
      run(...args),
    ]);
    expect(history).toMatchObject([
      { kind: 'created', baseline: true, groupId, topicId },
      { kind: 'deleted', runId: runIds[1], groupId, topicId },
    ]);
    expect(history[1]?.['before']).toMatchObject(history[0]?.['after'] as object);
    expect(one).toEqual(history.slice(0, 1));
    expect(await inPages(1, ...args)).toEqual(history.map((entry) => [entry]));
    expect(table.stdout).toMatch(/observedAt.*kind.*before.*after/);
  });

  it('of a topic that was never mirrored is one line and exit 1', async () => {
    const { exitCode, stdout, stderr } = await run('history', '--group', 'g\u001b[2J', '--topic', 't');
    expect(stderr).toBe(
      'topic-mirror: no topic t of the community g\\u001b[2J was ever mirrored; "topics --group" lists those that were\n',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

describe('active', () => {
  it('ranks the topics of the newest run by their new messages, with their names', async () => {
    const [active, top] = await Promise.all([records('active'), records('active', '--limit', '1')]);
    const expected = changed.messaged.toSorted((a, b) => b.count - a.count);
    expect(active.map(({ newMessages }) => newMessages)).toEqual(expected.map(({ count }) => count));
    expect(idsOf(active)).toEqual(idsOf(expected));
    expect(active.every(({ topicName, runId }) => topicName !== undefined && runId === runIds[1])).toBe(true);
    expect(top).toEqual(active.slice(0, 1));
  });

  it('of an earlier run has what that run saw, and of none says so', async () => {
    // What a baseline holds had its messages before.
    expect(await records('active', '--run', runIds[0] as string)).toEqual([]);
    const days = await records('active', '--days', '3');
    expect(days.map(({ newMessages }) => newMessages)).toEqual(
      changed.messaged.map(({ count }) => count).toSorted((a, b) => b - a),
    );
    const { exitCode, stderr } = await run('active', '--run', 'last');
    expect(stderr).toBe(
      'topic-mirror: --run is "last", which is not in the ledger; "runs" lists those there are\n',
    );
    expect(exitCode).toBe(1);
  });
});

describe('stats', () => {
  it('prints the growth by day', async () => {
    const [days, ledger, runs] = await Promise.all([
      records('stats', '--days', '3'),
      records('stats', '--limit', '1'),
      records('runs'),
    ]);
    const { summary } = runs[0] as {
      summary: { topics: { active: number }; communities: { listed: number } };
    };
    expect(days.at(-1)).toMatchObject({
      day: dayOf(runIds[1] as string),
      lastRunId: runIds[1],
      status: 'COMPLETE',
      topics: summary.topics.active,
      communities: summary.communities.listed,
    });
    const posted = changed.messaged.reduce((total, { count }) => total + count, 0);
    expect(days.reduce((total, { messages }) => total + Number(messages), 0)).toBe(posted);
    expect(ledger).toHaveLength(1);
  });
});

describe('silent', () => {
  it('prints the topics without a message since a time, the longest silent first', async () => {
    const since = '2025-01-01';
    const [silent, table] = await Promise.all([
      records('silent', '--since', since),
      run('silent', '--since', since, '--limit', '2'),
    ]);
    const isSilent = ({ LastMsgTime, CreateTime }: TopicInfo) =>
      (LastMsgTime || CreateTime) < secondsOf(since);
    const truth = [...deployed.world.simulator.app().state()].flatMap(({ supportsTopics, topics }) =>
      supportsTopics ? topics.filter(isSilent) : [],
    );
    expect(silent.length).toBeGreaterThan(3);
    expect(idsOf(silent)).toEqual(truth.map(({ TopicId }) => TopicId).sort());
    const times = silent.map(({ lastActiveAt }) => lastActiveAt);
    expect(times).toEqual(times.toSorted());
    expect(table.stdout).toMatch(/lastActiveAt.*groupId.*topicId.*topicName/);
    expect(table.stderr).toMatch(MORE);
  });

  it('goes on where it was ended, page by page', async () => {
    const args = ['silent', '--since', '2025-01-01'];
    const [pages, whole] = await Promise.all([inPages(4, ...args), records(...args)]);
    expect(pages.flat()).toEqual(whole);
    expect(pages.length).toBe(Math.ceil(whole.length / 4));
  });
});

describe('topics', () => {
  const active = async (...args: string[]) => records('topics', '--status', 'active', ...args);

  it('prints those created between two times, and those that are muted, of all communities or one', async () => {
    const times = ['--created-from', '2024-01-01', '--created-to', '2025-01-01'];
    const [all, created, muted, both] = await Promise.all([
      active(),
      active(...times),
      active('--muted'),
      active(...times, '--muted'),
    ]);
    const isMeant = ({ createTime }: Record<string, unknown>) =>
      Number(createTime) >= secondsOf('2024-01-01') && Number(createTime) < secondsOf('2025-01-01');
    const isMuted = ({ muteAllMember }: Record<string, unknown>) => muteAllMember === true;
    expect(idsOf(created)).toEqual(idsOf(all.filter(isMeant)));
    expect(idsOf(muted)).toEqual(idsOf(all.filter(isMuted)));
    expect(idsOf(both)).toEqual(idsOf(all.filter(isMeant).filter(isMuted)));
    expect(created.length * muted.length).toBeGreaterThan(0);
    const groupId = String(created[0]?.['groupId']);
    expect(idsOf(await active(...times, '--group', groupId))).toEqual(
      idsOf(created.filter((topic) => topic['groupId'] === groupId)),
    );
  });

  it.each([
    [['topics', '--status', 'active']],
    [['topics', '--muted']],
    [['communities']],
    [['changes', '--since', '2d', '--kind', 'created']],
    [['runs']],
  ])('goes on where it was ended, page by page: %j', async (args) => {
    const whole = await records(...args);
    const size = Math.max(1, Math.ceil(whole.length / 3));
    const pages = await inPages(size, ...args);
    expect(pages.flat()).toEqual(whole);
    expect(pages.length).toBeLessThanOrEqual(4);
  });

  it.each([
    [['topics', '--after', 'abc'], '"abc" is no cursor of this catalog'],
    [['runs', '--after', 'abc'], '"abc" is no cursor of this catalog'],
    [['topics', '--created-from', '1d', '--created-to', '2d'], 'is not before --created-to'],
    [['topics', '--created-from', 'then'], '--created-from is "then"; it must be a time'],
    [['topics', '--muted', '--status', 'deleted'], 'leave them out with --status deleted'],
    [['communities', '--status', 'lost'], "'lost' is invalid"],
    [['silent'], "required option '--since <time>' not specified"],
  ])('says in a line what is wrong, and exits with 1: %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it('takes no cursor of another question', async () => {
    const { stderr } = await run('topics', '--limit', '1');
    const [, cursor = ''] = MORE.exec(stderr) ?? [];
    const other = await run('communities', '--after', cursor);
    expect(other.stderr).toContain('the cursor is of another question: of topics, not of communities');
    expect(other.exitCode).toBe(1);
  });
});

describe('communities', () => {
  it('can be those that fail or are unsupported, with since when, or those with a status', async () => {
    const [all, failing, unsupported] = await Promise.all([
      records('communities'),
      records('communities', '--failing'),
      records('communities', '--status', 'unsupported'),
    ]);
    const groups = (list: readonly Record<string, unknown>[]) => list.map(({ groupId }) => groupId).sort();
    expect(groups(failing)).toEqual(groups(all.filter(({ failingSince }) => failingSince !== undefined)));
    expect(groups(unsupported)).toEqual(groups(all.filter(({ status }) => status === 'unsupported')));
    expect(unsupported.length).toBeGreaterThan(0);
    expect(groups(failing)).toEqual(expect.arrayContaining(groups(unsupported)));
  });
});
