import pLimit from 'p-limit';
import { ChatError } from '../../shared/chat/index.ts';
import { failed } from '../../shared/restore/failure.ts';
import type { LinkParts } from '../../shared/restore/link.ts';
import type { Outcome, RestoreParts } from '../../shared/restore/parts.ts';
import type { PlannedTopic } from '../../shared/restore/plan.ts';
import { restoreTopic } from '../../shared/restore/restoreTopic.ts';
import { settle } from '../../shared/settle.ts';
import { type Conduct, createConduct, type Halt } from './conduct.ts';
import { linkAll } from './linkAll.ts';

/** What became of a planned topic; not-tried: something ended the command before. */
export type Result = Outcome | { readonly kind: 'not-tried' };

/** Topics that are put back at once: at 150 ms a call they fill the budget. */
const AT_ONCE = 32;

/** Communities whose topics are begun at once. */
const COMMUNITIES_AT_ONCE = 8;

export interface CarryOutParts extends RestoreParts, LinkParts {}

export interface CarryOutOptions {
  /** When it aborts, nothing else is begun; what is under way ends. */
  readonly signal: AbortSignal;
  /** Told after each topic. */
  onProgress(done: number, topics: number): void;
}

/** What a command has done. */
export interface CarriedOut {
  readonly results: ReadonlyMap<PlannedTopic, Result>;
  /** Communities whose tombstones could not be told of the new ids. */
  readonly unlinked: readonly string[];
  /** Why it ended before its end. */
  readonly halt?: Halt;
}

/** What a command works with, and what it notes. */
interface Work {
  readonly parts: CarryOutParts;
  readonly conduct: Conduct;
  readonly results: Map<PlannedTopic, Result>;
  /** Tells of the progress. */
  tell(): void;
  /** Takes a topic's turn among all. */
  readonly limit: ReturnType<typeof pLimit>;
}

/** Puts back every topic whose plan says so, and tells the tombstones of new ids. Never throws: see `halt`. */
export async function carryOut(
  parts: CarryOutParts,
  planned: readonly PlannedTopic[],
  { signal, onProgress }: CarryOutOptions,
): Promise<CarriedOut> {
  const conduct = createConduct(signal);
  const results = new Map<PlannedTopic, Result>();
  const isEnding = () => !conduct.mayBegin();
  const toCreate = planned.filter(({ action }) => action === 'create');
  const communities = groupsOf(toCreate, ({ to }) => to.groupId);
  const communityLimit = pLimit(COMMUNITIES_AT_ONCE);
  const tell = () => onProgress(results.size, toCreate.length);
  const work: Work = { parts: { ...parts, isEnding }, conduct, results, tell, limit: pLimit(AT_ONCE) };
  tell();
  const one = (topics: readonly PlannedTopic[]) => conduct.watch(restoreCommunity(work, topics));
  await Promise.all(communities.map((topics) => communityLimit(one, topics)));
  // Also of an earlier command that was killed before, and what this one has done before it was halted.
  const unlinked = (await conduct.watch(linkAll(parts, planned))) ?? [];
  for (const topic of toCreate) if (!results.has(topic)) results.set(topic, { kind: 'not-tried' });
  return { results, unlinked, ...(conduct.halt && { halt: conduct.halt }) };
}

/** Restores one community's topics; those that a look could not tell apart one after the other. */
async function restoreCommunity(work: Work, topics: readonly PlannedTopic[]): Promise<void> {
  const { parts, conduct, results, limit } = work;
  if (!conduct.mayBegin()) return;
  const refusal = await refusalOf(parts, topics[0] as PlannedTopic);
  if (refusal) {
    conduct.note(refusal);
    for (const topic of topics) results.set(topic, refusal);
    return;
  }
  const chain = async (twins: readonly PlannedTopic[]) => {
    for (const topic of twins) await limit(restoreOne, work, topic);
  };
  await Promise.all(groupsOf(topics, ({ content }) => content).map(chain));
}

async function restoreOne({ parts, conduct, results, tell }: Work, topic: PlannedTopic): Promise<void> {
  if (!conduct.mayBegin()) return;
  const outcome = await conduct.watch(restoreTopic(parts, topic));
  if (!outcome) return;
  conduct.note(outcome);
  results.set(topic, outcome);
  tell();
}

/** Whether the community can take topics at all; asked once, so that not every topic has to be told. */
async function refusalOf(parts: RestoreParts, { to }: PlannedTopic): Promise<Outcome | undefined> {
  const looked = await settle(parts.look(to.groupId));
  if (!('error' in looked)) return undefined;
  if (looked.error instanceof ChatError) return failed(looked.error);
  throw looked.error;
}

function groupsOf(topics: readonly PlannedTopic[], by: (topic: PlannedTopic) => string): PlannedTopic[][] {
  return [...Map.groupBy(topics, by).values()];
}
