import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type CloseParts, type CloseResult, closeRun } from '../../../lambdas/close-run/closeRun.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import type { CommunityMessage } from '../../../shared/messages.ts';
import type { Intercept } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

/** Where runs are closed; of each test its own app. */
interface Closing {
  world: World;
  parts: Parts;
  catalog: Catalog;
  /** What the API answers instead, until the test ends. */
  answer: Intercept;
}

export const closing = {} as Closing;

/** Has each test of a file find an empty catalog. */
export function useClosing(): void {
  beforeAll(async () => {
    closing.world = await createWorld({ communities: 0, intercept: (call) => closing.answer(call) });
  });

  beforeEach(() => {
    closing.answer = () => undefined;
    closing.parts = closing.world.fresh();
    closing.catalog = meteredCatalog(closing.parts).catalog;
    closing.world.log.length = 0;
  });

  afterAll(() => closing.world.close());
}

/** New communities of the app, with three topics each. */
export function communities(count: number): string[] {
  return Array.from(
    { length: count },
    () => closing.world.simulator.app().createCommunity({ topics: 3 }).groupId,
  );
}

/** Lists these communities, syncs them and closes the run, deletions and all. */
export async function nightOf(
  groups: readonly string[],
  runId: string,
  listing: Listing = {},
  more: Look = {},
): Promise<void> {
  await open(groups, runId, listing);
  await sync(closing.parts, groups, runId);
  await untilClosed(runId, more);
}

/** The next night's listing and syncs, after so many topics of each community were deleted. @returns their ids */
export async function nightWithDeletions(
  groups: readonly string[],
  deletions: Readonly<Record<string, number>>,
  listing: Listing = {},
): Promise<Record<string, string[]>> {
  const app = closing.world.simulator.app();
  const lost: Record<string, string[]> = {};
  for (const [groupId, count] of Object.entries(deletions)) {
    lost[groupId] = app
      .topics(groupId)
      .slice(-count)
      .map(({ TopicId }) => TopicId);
    for (const topicId of lost[groupId]) app.deleteTopic(groupId, topicId);
  }
  await open(groups, NEXT_RUN, listing);
  await sync(closing.parts, groups, NEXT_RUN);
  return lost;
}

/** The next night's listing and syncs, after a community of 60 topics has lost some. */
export async function nightThatLoses(count: number, others: readonly string[] = []): Promise<string> {
  const { groupId } = closing.world.simulator.app().createCommunity({ topics: 60 });
  await nightOf([groupId, ...others], RUN);
  await nightWithDeletions([groupId, ...others], { [groupId]: count });
  return groupId;
}

interface LostCommunities {
  /** Topics that a kept community has lost. */
  topics?: number;
  /** Communities that are listed still, one of which has lost the topics. */
  kept?: number;
  /** Communities that the list does not name although they are there. */
  unlisted?: number;
}

/** The next night's listing and syncs, after so many communities of three topics were disbanded. */
export async function nightThatLosesCommunities(
  count: number,
  { topics = 0, kept: keptCount = 1, unlisted = 0 }: LostCommunities = {},
) {
  const groups = communities(keptCount + (count === 0 ? 7 : count) + unlisted);
  const app = closing.world.simulator.app();
  await nightOf(groups, RUN);
  const kept = groups.slice(0, keptCount);
  const gone = groups.slice(keptCount, keptCount + count);
  for (const groupId of gone) app.disbandCommunity(groupId);
  if (count > 0) await nightWithDeletions(kept, { [kept[0] as string]: topics });
  return { groups, kept: kept[0] as string, gone };
}

export function topicCalls(): number {
  return closing.world.simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
}

/** Looks at a run, and keeps what is queued. */
export async function lookAndQueue(runId: string): Promise<CommunityMessage[]> {
  const queued: CommunityMessage[] = [];
  await look({ runId, ...queueingTo((message) => queued.push(message)) });
  return queued;
}

export function queueingTo(queue: (message: CommunityMessage) => void) {
  const message = (groupId: string, more: Partial<CommunityMessage>) =>
    queue(communityMessage(closing.parts, groupId, more));
  return {
    enqueueUnlisted: async (runId: string, ids: readonly string[]) => {
      for (const groupId of ids) message(groupId, { runId, reason: 'unlisted' });
    },
    enqueueConfirmed: async (runId: string, ids: readonly string[], judgedAt: string) => {
      for (const groupId of ids) message(groupId, { runId, reason: 'confirmed', judgedAt });
    },
  };
}

/** Looks at a run until it is closed, delivering what is queued in between. */
export async function untilClosed(runId: string, more: Look = {}): Promise<CloseResult> {
  for (let looks = 1; ; looks++) {
    const queued: CommunityMessage[] = [];
    const result = await look({ runId, ...more, ...queueingTo((message) => queued.push(message)), depth: 0 });
    if (result.closed || looks === 5) return result;
    await deliver(closing.parts, ...queued);
  }
}

/** The statuses of a community's topics, in alphabetical order. */
export async function statusesOf(groupId: string): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of closing.catalog.topicsOf(groupId)) statuses.push(status);
  return statuses.sort();
}

export interface Listing {
  totalCount?: number;
  enumerationProblem?: string;
}

/** Opens a run whose list named these communities. */
export async function open(groups: readonly string[], runId = RUN, listing: Listing = {}): Promise<void> {
  await closing.catalog.openRun({ runId, startedAt: new Date().toISOString(), limit: 10_000 });
  await listed(groups, runId, listing);
}

export async function listed(groupIds: readonly string[], runId = RUN, listing: Listing = {}): Promise<void> {
  const run = await closing.catalog.readRun(runId);
  if (!run) throw new Error('the run is not open');
  await closing.catalog.putListed({ runId, page: run.pages, groupIds, now: Date.now() });
  const page = { next: '0', limit: 10_000, groupIds: groupIds.length, totalCount: groupIds.length };
  await closing.catalog.advanceRun(run, { ...page, enumeratedAt: new Date().toISOString(), ...listing });
}

interface Look extends Partial<CloseParts> {
  runId?: string;
  emptyLooks?: number;
}

export function look({
  runId = RUN,
  emptyLooks = 0,
  depth = 0,
  ...more
}: Omit<Look, 'depth'> & { depth?: number } = {}): Promise<CloseResult> {
  const { units } = meteredCatalog(closing.parts);
  const none = async () => {};
  const limits = { maxDeletions: 500, maxDeletionRatio: 0.15 };
  const queueing = { enqueueUnlisted: none, enqueueConfirmed: none };
  const wired = {
    catalog: closing.catalog,
    units,
    limits,
    now: Date.now,
    depth: async () => depth,
    ...queueing,
    ...more,
  };
  return closeRun(wired, runId, emptyLooks);
}

/** Works under a clock that has gone ahead. */
export function later<T>(ms: number, work: (parts: Parts) => Promise<T>): Promise<T> {
  return work({ ...closing.parts, now: () => Date.now() + ms });
}
