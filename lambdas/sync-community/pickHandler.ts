import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import type { Failure } from '../../shared/catalog/community.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { ChatError, type Treatment } from '../../shared/chat/index.ts';
import { withLogIds } from '../../shared/logger.ts';
import { MESSAGE_VERSION } from '../../shared/messages.ts';
import type { TopicCounts } from '../../shared/sync/plan.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { meteredCatalog } from '../parts/base.ts';
import { type CommunityResult, failureOf } from './outcome.ts';
import { type Changes, pickCommunity } from './pickCommunity.ts';
import { deadlineOf, type Parts, patientParts, syncPartsOf } from './wire.ts';

/** Communities of one event: as many as the function takes of its queue at once. */
export const PICKS = 10;

const PickEvent = v.object({
  pick: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1), v.maxLength(PICKS)),
});

/** Asks for communities by hand: the function's other event beside a batch of its queue. */
export type PickEvent = v.InferOutput<typeof PickEvent>;

/** What became of a picked community. */
export interface Picked {
  readonly groupId: string;
  readonly outcome: CommunityResult['outcome'];
  /** Topics as they are now; absent when the answer was that of the last time. */
  readonly topics?: Pick<TopicCounts, 'active' | 'missing' | 'confirmed'>;
  /** What was written just now. */
  readonly changes?: Changes;
  /** The run that its changes and candidates belong to: the newest of the ledger, open or closed. */
  readonly runId: string;
  readonly failure?: PickFailure;
}

/** Why a picked community could not be synced. */
export interface PickFailure extends Failure {
  /** Absent: it was no error of the API's. */
  readonly treatment?: Treatment;
  /** Nothing was tried: it has to wait for the run, a minute or two. */
  readonly isWaiting?: true;
}

/** Whether an event of the function asks for communities by hand. */
export function isPick(event: object): event is PickEvent {
  return 'pick' in event;
}

/** Mirrors the communities that a person has picked, all at once, and tells what became of each. */
export function createPickHandler(wired: Parts) {
  return middy(
    traced(async (event: PickEvent, context: Context): Promise<readonly Picked[]> => {
      const { pick } = v.parse(PickEvent, event);
      const deadline = deadlineOf(wired, context);
      const parts = patientParts(wired, deadline);
      const run = await newestRun(parts);
      if (run && isJudged(run)) return pick.map((groupId) => waiting(groupId, run));
      return Promise.all(pick.map((groupId) => pickOne(parts, groupId, run, deadline)));
    }),
  ).use(invocationLog(wired.logger));
}

async function newestRun(parts: Parts): Promise<Run | undefined> {
  for await (const run of meteredCatalog(parts).catalog.runsOf({ limit: 1 })) return run;
  return undefined;
}

/** A deletion that is confirmed once the guard has judged its run could not be carried out, and would keep it from ending well. */
function isJudged({ status, verdict }: Run): boolean {
  return status === 'RUNNING' && verdict !== undefined;
}

function waiting(groupId: string, { runId }: Run): Picked {
  const message = `the run ${runId} is carrying out its deletions; try again in a minute`;
  return { groupId, runId, outcome: 'failed', failure: { message, isWaiting: true } };
}

async function pickOne(
  parts: Parts,
  groupId: string,
  run: Run | undefined,
  deadline: number,
): Promise<Picked> {
  // Before the first run there are no deletions to be judged with it: any id will do.
  const runId = run?.runId ?? new Date(parts.now()).toISOString();
  return withLogIds({ runId, groupId }, async () => {
    const result = await sync(parts, groupId, { runId, isRunOver: run?.status !== 'RUNNING' }, deadline);
    const { outcome, topics, changes, failure } = result;
    const fields = { outcome, ...topics, ...changes, ...failure };
    parts.logger[failure ? 'warn' : 'info']('community.synced', fields);
    return { groupId, runId, ...result };
  });
}

/** Never rejects: whoever asked is told. */
async function sync(
  parts: Parts,
  groupId: string,
  { runId, isRunOver }: { readonly runId: string; readonly isRunOver: boolean },
  deadline: number,
): Promise<Omit<Picked, 'groupId' | 'runId'>> {
  const { sdkAppId } = parts.app;
  try {
    const { outcome, counts, changes, failure } = await pickCommunity(
      { ...syncPartsOf(parts, deadline), isRunOver },
      { v: MESSAGE_VERSION, sdkAppId, runId, groupId, reason: 'listed' },
    );
    if (counts) return { outcome, topics: topicsOf(counts), changes, ...(failure && { failure }) };
    // The run's outcome is what its other deliveries have found, too.
    return outcome === 'synced' ? { outcome: 'unchanged' } : { outcome, ...(failure && { failure }) };
  } catch (error) {
    const treatment = error instanceof ChatError ? { treatment: error.treatment } : {};
    return { outcome: 'failed', failure: { ...failureOf(error as Error), ...treatment } };
  }
}

function topicsOf({ active, missing, confirmed }: TopicCounts): Required<Picked>['topics'] {
  return { active, missing, confirmed };
}
