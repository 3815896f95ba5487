import * as v from 'valibot';
import type { RunClosedEvent } from './events.ts';

/** How a run ended: what its ledger entry and its event have in common. */
export type RunOutcome = Omit<RunClosedEvent, 'version' | 'sdkAppId' | 'truncated'>;

const Time = v.pipe(v.string(), v.isoTimestamp());

/** Fields that a newer writer adds stay in place. */
const counts = <Name extends string>(...names: Name[]) =>
  v.looseObject(Object.fromEntries(names.map((name) => [name, v.number()])) as Record<Name, typeof number>);
const number = v.number();

const status = v.picklist(['COMPLETE', 'INCOMPLETE', 'HELD']);

const RunOutcome: v.GenericSchema<unknown, RunOutcome> = v.object({
  runId: Time,
  startedAt: Time,
  closedAt: Time,
  approvedAt: v.exactOptional(Time),
  status,
  reasons: v.array(v.string()),
  failures: v.array(v.object({ groupId: v.string(), code: v.exactOptional(number), message: v.string() })),
  summary: v.looseObject({
    runId: Time,
    status,
    elapsedMs: number,
    communities: counts('listed', 'synced', 'unchanged', 'failed', 'unsupported', 'ignored', 'deleted'),
    topics: counts(
      'active',
      'baseline',
      'created',
      'updated',
      'unchanged',
      'deleted',
      'restored',
      'missing',
      'held',
    ),
    messages: counts('topics', 'new'),
    api: counts('calls', 'listCalls', 'retries', 'rateLimited', 'peakPerSecond'),
    dynamodb: counts('writeUnits', 'readUnits'),
    noisyFields: v.exactOptional(v.array(v.object({ field: v.string(), topics: number }))),
  }),
});

/**
 * Reads how a run ended, from its ledger entry or from its event; other fields are left out.
 * @throws an Error naming the first field that is wrong
 */
export function parseRunOutcome(value: unknown): RunOutcome {
  const result = v.safeParse(RunOutcome, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'run'}: ${issue.message}`);
}
