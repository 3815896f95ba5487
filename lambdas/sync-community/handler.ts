import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { TableThrottledError } from '../../shared/catalog/throttling.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import { ChatError } from '../../shared/chat/index.ts';
import { errorFields, withLogIds } from '../../shared/logger.ts';
import { messageIds, namedIn, parseCommunityMessage, UnreadableMessageError } from '../../shared/messages.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { partialBatch } from '../middleware/partialBatch.ts';
import { meteredCatalog } from '../parts/base.ts';
import type { EntryWriter } from './entryWriter.ts';
import { createFirstLook, type FirstLook } from './firstLook.ts';
import { haltIfAllAlike } from './haltRun.ts';
import { failureOf, type SyncParts } from './outcome.ts';
import { syncCommunity } from './syncCommunity.ts';
import { deadlineOf, entryWriterOf, type Parts, patientParts, syncPartsOf } from './wire.ts';
import { writeTombstones } from './writeTombstones.ts';

/** Mirrors the communities of a batch, all at once; each record succeeds or fails by itself. */
export function createSyncCommunityHandler(wired: Parts) {
  return middy(
    traced(async (event: SQSEvent, context: Context) => {
      const deadline = deadlineOf(wired, context);
      const parts = patientParts(wired, deadline);
      const together: Together = {
        runNamed: createRunLook(),
        firstLook: createFirstLook(parts.store, parts.app.sdkAppId, askedFor(event)),
        putEntry: entryWriterOf(parts),
      };
      const sync = (record: SQSRecord) =>
        withLogIds(namedIn(record.body), () =>
          noting(parts, record, () => syncRecord(parts, record, deadline, together)),
        );
      return Promise.allSettled(event.Records.map(sync));
    }),
  )
    .use(partialBatch(wired.logger))
    .use(invocationLog(wired.logger));
}

/** The communities of a batch that the API is asked for. */
function askedFor({ Records }: SQSEvent): string[] {
  const named = Records.flatMap(({ body }) => messageIds(body) ?? []);
  return named.filter(({ reason }) => reason !== 'confirmed').map(({ groupId }) => groupId);
}

/** What the records of a batch look at, and store, together. */
interface Together {
  readonly runNamed: RunLook;
  readonly firstLook: FirstLook;
  readonly putEntry: EntryWriter;
}

/**
 * Notes why a message comes back on its community's stamp: the run names it if the message becomes a dead letter. An
 * error of the API is stamped by the work itself. That the table was throttled says nothing of the community: only a
 * message that comes back again and again has it noted.
 */
async function noting(parts: Parts, record: SQSRecord, work: () => Promise<void>): Promise<void> {
  const at = new Date(parts.now()).toISOString();
  try {
    await work();
  } catch (error) {
    const ids = messageIds(record.body);
    if (error instanceof TableThrottledError && !isRedelivered(record)) throw error;
    if (!ids || ids.sdkAppId !== parts.app.sdkAppId || error instanceof ChatError) throw error;
    const trouble = { runId: ids.runId, at, message: failureOf(error as Error).message };
    const { catalog } = meteredCatalog(parts);
    // What went wrong may be the table itself; then the log alone has it.
    await catalog
      .noteTrouble(ids.groupId, trouble, { asksNothing: ids.reason === 'confirmed' })
      .catch(() => false);
    throw error;
  }
}

async function syncRecord(
  parts: Parts,
  record: SQSRecord,
  deadline: number,
  { runNamed, firstLook, putEntry }: Together,
): Promise<void> {
  const message = parseCommunityMessage(record.body);
  const { runId, sdkAppId } = message;
  if (sdkAppId !== parts.app.sdkAppId) {
    throw new UnreadableMessageError(
      `the message is for app ${sdkAppId}, this consumer serves ${parts.app.sdkAppId}`,
    );
  }
  const { logger } = parts;
  const syncParts = syncPartsOf(parts, deadline, putEntry);
  const { catalog, units, calls } = syncParts;
  const run = await runNamed(runId, catalog);
  if (run?.haltedBy !== undefined) return logger.info('community.skipped', { reason: 'the run was halted' });

  const startedAt = parts.now();
  const work = message.reason === 'confirmed' ? writeTombstones : syncCommunity;
  const result = await work(
    {
      ...syncParts,
      firstLook: lookOf(firstLook, units),
      isRunOver: isOver(run),
      isRedelivered: isRedelivered(record),
    },
    message,
  ).catch(async (error: unknown) => {
    logger.warn('community.failed', { ...errorFields(error), ...calls, durationMs: parts.now() - startedAt });
    await haltIfAllAlike(parts, catalog, message, run, error);
    throw error;
  });
  if (result.fatal) await haltIfAllAlike(parts, catalog, message, run, result.fatal);
  const { outcome, counts, messages, failure } = result;
  const durationMs = parts.now() - startedAt;
  const event = outcome === 'tombstoned' ? 'community.tombstoned' : 'community.synced';
  logger[failure ? 'warn' : 'info'](event, {
    outcome,
    ...counts,
    ...messages,
    ...failure,
    ...calls,
    durationMs,
  });
}

/** The batch's first look, at the expense of one message. */
function lookOf({ stampOf, rosterOf }: FirstLook, meter: UnitMeter): NonNullable<SyncParts['firstLook']> {
  return { stampOf: (groupId) => stampOf(groupId, meter), rosterOf: (groupId) => rosterOf(groupId, meter) };
}

/** Whether an earlier delivery of the message has begun, of which nothing is known (docs.aws.amazon.com, SQS: message attributes). */
function isRedelivered({ attributes }: SQSRecord): boolean {
  return Number(attributes.ApproximateReceiveCount) > 1;
}

type RunLook = (runId: string, catalog: Pick<Catalog, 'readRun'>) => Promise<Run | undefined>;

/**
 * Looks at a run's entry once per batch, at the expense of the message that comes first: an eventually consistent read
 * of half a unit, and a second look at a run that seems to be over, since a person may just have opened it again.
 */
function createRunLook(): RunLook {
  const looks = new Map<string, ReturnType<RunLook>>();
  const look: RunLook = async (runId, catalog) => {
    const run = await catalog.readRun(runId, { consistent: false });
    return isOver(run) || run?.haltedBy ? catalog.readRun(runId) : run;
  };
  return (runId, catalog) => {
    const looked = looks.get(runId) ?? look(runId, catalog);
    looks.set(runId, looked);
    return looked;
  };
}

function isOver(run: Run | undefined): boolean {
  return run !== undefined && run.status !== 'RUNNING';
}
