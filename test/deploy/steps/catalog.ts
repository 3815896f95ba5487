import { compareWithSource } from '../../../cli/demo/compare.ts';
import { topicRecord } from '../../../cli/records.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import type { Run } from '../../../shared/catalog/run.ts';
import { readSnapshot, topicsOf } from '../../../shared/catalog/topics.ts';
import type { MutationResult } from '../../../simulator/index.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Deployed } from '../deployed.ts';
import type { TestApp } from '../simulated.ts';
import { expectThat } from '../steps.ts';

/** A topic that is gone, and the code that says so. */
export interface LostTopic {
  readonly groupId: string;
  readonly topicId: string;
  /** 110003 when it was deleted itself, 10010 when its community was disbanded. */
  readonly code: number;
}

/** The topics that a day of changes has cost. */
export function lostTopics({ deleted, disbanded }: MutationResult): LostTopic[] {
  return [
    ...deleted.map((topic) => ({ ...topic, code: 110003 })),
    ...disbanded.flatMap(({ groupId, topicIds }) =>
      topicIds.map((topicId) => ({ groupId, topicId, code: 10010 })),
    ),
  ];
}

/** Compares the catalog with the app, field by field. @returns how many topics are equal */
export async function expectMirrored({ store }: Deployed, { sdkAppId, truth }: TestApp): Promise<number> {
  async function* active() {
    for await (const { groupId } of allCommunities(store, sdkAppId))
      for await (const topic of topicsOf(store, sdkAppId, groupId))
        if (topic.status === 'active') yield topicRecord(topic);
  }
  async function* state() {
    yield* truth.state();
  }
  const { equal, differences } = await compareWithSource(active(), { state });
  const shown = differences.slice(0, 5).join('\n  ');
  expectThat(differences.length === 0, `the catalog differs in ${differences.length} topics:\n  ${shown}`);
  expectThat(equal > 0, `the app ${sdkAppId} has no topics to compare`);
  return equal;
}

/** Expects every lost topic to be a tombstone that keeps its last snapshot. */
export async function expectTombstones(
  { store }: Deployed,
  { sdkAppId }: TestApp,
  lost: readonly LostTopic[],
): Promise<void> {
  for (const { groupId, topicId, code } of lost) {
    const snapshot = await readSnapshot(store, sdkAppId, groupId, topicId);
    const found = JSON.stringify({ status: snapshot?.status, deletedCode: snapshot?.deletedCode });
    const is = snapshot?.status === 'deleted' && snapshot.deletedCode === code;
    expectThat(is, `${topicId} should be a tombstone with the code ${code} and is ${found}`);
    expectThat(
      snapshot.profile.createTime !== undefined,
      `the tombstone of ${topicId} has lost its snapshot`,
    );
  }
}

/** Expects the listings of the command line to show what the catalog holds. @returns how many records they printed */
export async function expectListings(
  commandLine: CommandLine,
  { sdkAppId, truth }: TestApp,
  {
    lost,
    active,
    runs,
    last: { runId, summary },
  }: {
    readonly lost: readonly LostTopic[];
    readonly active: number;
    readonly runs: number;
    readonly last: Run;
  },
): Promise<number> {
  const topics = await commandLine.list(sdkAppId, 'topics', '--status', 'active');
  expectThat(
    topics.length === active,
    `topics lists ${topics.length} active topics, the catalog has ${active}`,
  );
  const tombstones = await commandLine.list(sdkAppId, 'topics', '--status', 'deleted');
  const listed = new Set(tombstones.map(({ topicId }) => topicId));
  const unlisted = lost.filter(({ topicId }) => !listed.has(topicId));
  expectThat(unlisted.length === 0, `topics --status deleted does not list ${unlisted[0]?.topicId}`);
  const communities = await commandLine.list(sdkAppId, 'communities');
  const existing = truth.communityIds().filter((id) => !communities.some(({ groupId }) => groupId === id));
  expectThat(existing.length === 0, `communities does not list ${existing[0]}`);
  const ledger = await commandLine.list(sdkAppId, 'runs');
  expectThat(ledger.length === runs, `runs lists ${ledger.length} runs instead of ${runs}`);
  const activity = await commandLine.list(sdkAppId, 'activity', '--run', runId);
  const said = activity.reduce((sum, { newMessages }) => sum + Number(newMessages), 0);
  expectThat(
    activity.length === summary?.messages.topics && said === summary.messages.new,
    `activity lists ${said} messages in ${activity.length} topics, the run counted ${JSON.stringify(summary?.messages)}`,
  );
  return topics.length + tombstones.length + communities.length + ledger.length + activity.length;
}
