import type { Run } from '../../../shared/catalog/run.ts';
import type { Baselines } from './baselines.ts';
import type { MessageCheck } from './messages.ts';
import {
  changeItems,
  isDirty,
  isOpen,
  type Plain,
  rosterOf,
  runs,
  type Scene,
  stamps,
  topicItems,
} from './scene.ts';

/** The summary of a run equals what is stored, when no other run and no consumer is at work. */
export function checkCounts(scene: Scene, run: Run, baselines: Baselines, messages: MessageCheck): void {
  const { summary, runId } = run;
  if (!summary || !isAlone(scene, run)) return;
  const groupIds = stamps(scene).map(({ groupId }) => groupId);
  const topics = groupIds.flatMap((groupId) => topicItems(scene, groupId));
  const changes = groupIds.flatMap((groupId) => changeItems(scene, groupId));
  const inRun = kindsIn([...baselines.inRun(runId).map(asEntry), ...changes], runId);
  const having = (status: string) => topics.filter((topic) => topic['status'] === status).length;
  const stored: Record<string, Range> = {
    active: exactly(having('active')),
    missing: exactly(having('missing')),
    ...inRun,
    ...messageRanges(scene, messages, runId),
  };
  const { active, missing, held, deleted, baseline, created, restored, updated } = summary.topics;
  const { topics: messageTopics, new: newMessages } = summary.messages;
  const counted = {
    ...{ active, missing: missing + held, deleted, baseline, created, restored, updated },
    ...{ messageTopics, newMessages },
  };
  for (const [name, count] of Object.entries(counted)) {
    const { least, most } = stored[name] as Range;
    if (count < least || count > most)
      scene.violate('counts-agree', `${runId} counts ${count} ${name}, stored are ${least} to ${most}`);
  }
  const { listed, synced, unchanged, failed, unsupported } = summary.communities;
  const succeeded = synced + unchanged + unsupported;
  // Those that the list did not name may have failed too.
  if (succeeded > listed || succeeded + failed < listed)
    scene.violate(
      'counts-agree',
      `${runId}: of ${listed} listed communities ${succeeded} succeed and ${failed} fail`,
    );
}

/** Whether all that is stored can be told from this run alone. */
function isAlone(scene: Scene, run: Run): boolean {
  if (!scene.isQuiet() || (run.approvedAt ?? run.trustedAt) !== undefined || stamps(scene).some(isDirty))
    return false;
  const others = runs(scene).filter(({ runId }) => runId !== run.runId);
  return others.every(({ status, closedAt = '' }) => status !== 'RUNNING' && closedAt < run.startedAt);
}

interface Range {
  least: number;
  most: number;
}

function exactly(count: number): Range {
  return { least: count, most: count };
}

/** What rosters have seen come. A roster that was never stamped, since its writer died, is more than the run counts. */
function messageRanges(scene: Scene, messages: MessageCheck, runId: string): Record<string, Range> {
  const { topics, messages: count } = messages.inRun(runId);
  const isLoose = stamps(scene).some((stamp) => {
    const roster = rosterOf(scene, stamp.groupId);
    return roster !== undefined && isOpen(stamp, roster);
  });
  const range = (most: number) => ({ least: isLoose ? 0 : most, most });
  return { messageTopics: range(topics), newMessages: range(count) };
}

/** A topic of a first complete answer as the entry that it has not. */
function asEntry({ topicId, lastChange }: Plain): Plain {
  return { topicId, runId: (lastChange as Plain)['runId'], kind: 'baseline' };
}

/** What a run is said to have done to a topic: the first of these that it did. */
const KINDS = ['baseline', 'created', 'restored', 'updated'] as const;

/**
 * How many topics a run mirrored first, created, restored, updated and deleted, by their history. One that it deleted in
 * the end may be counted twice: by what the run did to it before, too.
 */
function kindsIn(entries: readonly Plain[], runId: string): Record<string, Range> {
  const kindsOfRun = [...KINDS, 'deleted'] as const;
  const counts = Object.fromEntries(kindsOfRun.map((kind) => [kind, exactly(0)])) as Record<
    (typeof kindsOfRun)[number],
    Range
  >;
  const own = entries.filter((entry) => entry['runId'] === runId);
  for (const topic of Map.groupBy(own, ({ topicId }) => topicId).values()) {
    const kinds = topic.map(({ kind }) => kind);
    const isDeleted = kinds.at(-1) === 'deleted';
    const before = isDeleted ? kinds.slice(0, -1) : kinds;
    // What the run has deleted and found again begins anew: it is restored, even if the run had created it.
    const since = before.slice(before.lastIndexOf('deleted') + 1);
    const kind = KINDS.find((name) => since.includes(name));
    if (kind) counts[kind].most += 1;
    if (kind && !isDeleted) counts[kind].least += 1;
    if (isDeleted) counts.deleted = exactly(counts.deleted.most + 1);
  }
  return counts;
}
