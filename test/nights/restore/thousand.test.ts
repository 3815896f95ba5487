import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TopicInfo } from '../../../simulator/index.ts';
import { carried, jsonLines, openRestoreScene, type RestoreScene } from '../../cli/restore/scene.ts';
import { cleanUp, start } from '../../cli/topicMirror.ts';

jest.setTimeout(600_000);

const COMMUNITIES = 60;
const DELETIONS = 1_000;

let scene: RestoreScene;
/** What each deleted topic was. */
let lost: Map<string, TopicInfo>;
let untouched: Map<string, TopicInfo>;

beforeAll(async () => {
  // The usual rate limits: restoring keeps to them.
  scene = await openRestoreScene({ communities: COMMUNITIES, topicsPerCommunity: 25, rateLimits: {} });
  scene.env['TOPIC_MIRROR_MAX_DELETIONS'] = '10000';
  scene.env['TOPIC_MIRROR_MAX_DELETION_RATIO'] = '1';
  await scene.sync();
  const before = everyTopic();
  const { deleted } = scene.simulator.app().mutate({ deletions: DELETIONS, seed: 4 });
  untouched = everyTopic();
  lost = new Map(deleted.map(({ topicId }) => [topicId, before.get(topicId) as TopicInfo]));
  expect(await scene.sync()).toMatchObject({ status: 'COMPLETE', topics: { deleted: DELETIONS } });
});

afterAll(async () => {
  cleanUp();
  await scene.close();
});

function everyTopic(): Map<string, TopicInfo> {
  const topics = new Map<string, TopicInfo>();
  for (const { topics: infos } of scene.simulator.app().state())
    for (const info of infos) topics.set(info.TopicId, info);
  return topics;
}

const imports = () => scene.simulator.stats().apps[0]?.apis.import_topic;

/** Starts a restore of everything and kills it once the API has been asked for so many imports. */
async function killedAfter(calls: number): Promise<void> {
  const { child, ended } = start(['restore', '--since', '1d', '--yes'], scene.env);
  while ((imports()?.calls ?? 0) < calls && child.exitCode === null) await sleep(5);
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
}

describe('a thousand deleted topics, an API that misbehaves in 5 % of the calls, and two kills', () => {
  it('every topic is back exactly once, the mapping is complete, and nothing else is touched', async () => {
    scene.simulator.faults().set({ seed: 5, rate: 0.05 });
    scene.simulator.resetStats();
    await killedAfter(300);
    await killedAfter(650);
    const begun = Date.now();
    const last = await start(['restore', '--since', '1d', '--yes', '--format', 'jsonl'], scene.env).ended;
    let failed = jsonLines(last.stdout).filter(({ outcome }) => outcome === 'failed');
    const messages = failed.map(({ message }) => message);
    // What a patient operator does with what failed.
    for (let again = 0; failed.length > 0 && again < 5; again++)
      failed = (await scene.records('restore', '--since', '1d', '--yes')).filter(
        ({ outcome }) => outcome === 'failed',
      );
    console.log(`the rest in ${Date.now() - begun} ms, ${imports()?.calls} imports for ${DELETIONS} topics`, {
      ...{ faults: imports()?.faults, codes: imports()?.codes, peak: imports()?.peakPerSecond, messages },
    });
    expect(failed).toEqual([]);

    const now = everyTopic();
    for (const [topicId, info] of untouched) expect(now.get(topicId)).toEqual(info);
    const mappings = await scene.records('restore', '--mappings');
    expect(mappings).toHaveLength(DELETIONS);
    expect(now.size).toBe(untouched.size + DELETIONS);
    expect(new Set(mappings.map(({ newTopicId }) => newTopicId)).size).toBe(DELETIONS);
    for (const { topicId, newTopicId, state } of mappings) {
      expect(state).toBe('done');
      const [was, is] = [lost.get(String(topicId)), now.get(String(newTopicId))] as [TopicInfo, TopicInfo];
      expect({ ...carried(is), GroupID: is.GroupID }).toEqual({ ...carried(was), GroupID: was.GroupID });
    }
  });

  it('the next night counts each once, and old and new name each other', async () => {
    scene.simulator.faults().set({ rate: 0 });
    const kept = (await scene.records('restore', '--mappings')).filter(
      (one) => one['topicId'] === one['newTopicId'],
    );
    const night = await scene.sync();
    expect(night).toMatchObject({
      status: 'COMPLETE',
      topics: { restored: kept.length, created: DELETIONS - kept.length, updated: 0, deleted: 0 },
    });
    const topics = new Map((await scene.records('topics')).map((topic) => [topic['topicId'], topic]));
    for (const { topicId, newTopicId } of await scene.records('restore', '--mappings')) {
      if (topicId === newTopicId) expect(topics.get(topicId)).toMatchObject({ status: 'active' });
      else {
        expect(topics.get(topicId)).toMatchObject({ status: 'deleted', restoredAs: newTopicId });
        expect(topics.get(newTopicId)).toMatchObject({ status: 'active', restoredFrom: topicId });
      }
    }
    expect(await scene.sync()).toMatchObject({ topics: { restored: 0, created: 0, updated: 0 } });
  });
});
