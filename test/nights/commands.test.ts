import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, start, topicMirror } from '../cli/topicMirror.ts';
import { appTopics, printedTopics } from '../support/worldCompare.ts';

const COMMUNITIES = 150;

let simulator: Simulator;
let env: Record<string, string>;

beforeAll(async () => {
  simulator = createSimulator({ communities: COMMUNITIES, topicsPerCommunity: 5 });
  env = settingsFor(await simulator.listen(), freshDataDir());
});

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

describe('a night from the command line', () => {
  it('killed in the middle, started again, it resumes the run and ends in the same catalog', async () => {
    const killed = start(['sync'], env);
    await untilTopicCalls(COMMUNITIES / 3);
    killed.child.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');

    const { exitCode, stdout, stderr } = await topicMirror(['sync', '--json'], env);
    expect(stderr).toMatch(/resumed the unfinished run/);
    expect(exitCode).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ status: 'COMPLETE', communities: { listed: COMMUNITIES, failed: 0 } });
    expect(summary.topics.baseline).toBe(summary.topics.active);
    await expectCatalogToEqualSource();
  }, 60_000);

  it('a second night names what changed, and the catalog follows', async () => {
    const changed = simulator.app().mutate({ edits: 7, deletions: 5, creations: 4, messages: 9, seed: 3 });
    const { exitCode, stdout } = await topicMirror(['sync', '--json'], env);
    const { topics, messages } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(topics).toMatchObject({
      created: changed.created.length,
      updated: changed.edited.length,
      deleted: changed.deleted.length,
      missing: 0,
    });
    expect(messages.topics).toBe(changed.messaged.length);
    await expectCatalogToEqualSource();
  }, 60_000);

  it('listings print whole records in every format, and the ledger has both runs', async () => {
    const [json, csv, table, runs] = await Promise.all(
      [
        ['--format', 'json'],
        ['--format', 'csv'],
        ['--format', 'table'],
      ]
        .map((format) => ['communities', ...format])
        .concat([['runs', '--format', 'json']])
        .map((args, index) => sleep(index * 2500).then(() => topicMirror(args, env))),
    );
    const communities = JSON.parse(json?.stdout ?? '');
    expect(communities).toHaveLength(COMMUNITIES);
    expect(communities[0]).toMatchObject({ groupId: expect.any(String), status: 'active' });
    expect(csv?.stdout.split('\n')[0]).toBe(
      'groupId,status,topicCount,lastSyncedAt,lastRunId,lastErrorCode,failingSince,ignoredAt',
    );
    expect(table?.stdout).toContain('│ groupId');
    expect(JSON.parse(runs?.stdout ?? '').map(({ status }: { status: string }) => status)).toEqual([
      'COMPLETE',
      'COMPLETE',
    ]);
  }, 30_000);

  it('a run that cannot sync a community is INCOMPLETE, names it, and exits 2', async () => {
    const [groupId = ''] = simulator.app().communityIds();
    simulator.app().setTopicSupport(groupId, false);
    const { exitCode, stdout } = await topicMirror(['sync'], env);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('INCOMPLETE');
    expect(stdout).toContain(groupId);
    expect(stdout).toContain('11000');
  }, 60_000);
});

/** Waits until the simulator has been asked for so many communities. */
async function untilTopicCalls(calls: number): Promise<void> {
  const asked = () => simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
  while (asked() < calls) await sleep(20);
}

async function expectCatalogToEqualSource(): Promise<void> {
  const { stdout } = await topicMirror(['topics', '--status', 'active', '--format', 'jsonl'], env);
  const printed = printedTopics(stdout.split('\n').filter(Boolean));
  expect(Object.keys(printed).length).toBeGreaterThan(COMMUNITIES);
  expect(printed).toEqual(appTopics(simulator.app()));
}
