import type { Catalog } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { MOST_SUSPECTS } from '../../shared/catalog/suspicions.ts';
import { ApiError, isAuthenticationFailure, MalformedAnswerError } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { METRICS } from '../../shared/metrics.ts';
import { failureOf } from './outcome.ts';
import type { Parts } from './wire.ts';

/** What a community's answer may mean for all the others of its run. */
interface Suspected {
  readonly what: string;
  /** Communities that must say the same. */
  readonly enough: number;
  /** Whether it is void once one of them has been answered. */
  readonly isOfAll: boolean;
}

/** A fatal code may be one community's own after all: a second one has to confirm it. */
const CONFIRMED = 2;

/**
 * Ends the run early when what ails one community ails them all: a code that is fatal for the run, or an answer that is
 * malformed in the same place. No call for any community can succeed then, and the messages that are left are let go
 * without one.
 * @param run as it was known a moment ago
 */
export async function haltIfAllAlike(
  parts: Parts,
  catalog: Catalog,
  { runId, groupId }: CommunityMessage,
  run: Run | undefined,
  error: unknown,
): Promise<void> {
  const suspected = suspectedBy(error);
  if (!suspected) return;
  const suspicion = { runId, what: suspected.what };
  const alike = await catalog.suspect({ ...suspicion, groupId }, parts.now());
  // Of an app with fewer communities there is no more to be heard.
  const listed = run?.enumeratedAt === undefined ? Number.POSITIVE_INFINITY : run.listedIds;
  if (alike === 0 || alike < Math.min(suspected.enough, listed)) return;
  if (suspected.isOfAll && (await isAnyAnswered(catalog, runId)))
    return catalog.acquit(suspicion, parts.now());
  const { code, message } = failureOf(error as Error);
  const haltedBy = {
    ...(code !== undefined && { code }),
    message: suspected.isOfAll ? `no community's answer can be read: ${message}` : message,
  };
  if (!(await catalog.haltRun(runId, haltedBy))) return;
  parts.logger.error('run.halted', haltedBy);
  if (code !== undefined && isAuthenticationFailure(code))
    parts.metrics.count({ [METRICS.authenticationFailures]: 1 });
}

function suspectedBy(error: unknown): Suspected | undefined {
  if (error instanceof ApiError && error.treatment === 'fatal')
    return { what: String(error.code), enough: CONFIRMED, isOfAll: false };
  if (!(error instanceof MalformedAnswerError)) return undefined;
  // Which element it is differs from community to community.
  const where = error.path.replaceAll(/\[\d+\]/g, '[]');
  return { what: `malformed ${where}`, enough: MOST_SUSPECTS, isOfAll: true };
}

/** Whether the run has an answer of some community. */
async function isAnyAnswered(catalog: Catalog, runId: string): Promise<boolean> {
  for await (const { run } of catalog.allCommunities({ consistent: true }))
    if (run?.id === runId && run.outcome !== 'failed') return true;
  return false;
}
