import * as v from 'valibot';
import { EVENT_VERSION, type RunClosedEvent } from '../../shared/events.ts';
import { parseRunOutcome } from '../../shared/runOutcome.ts';

/** An event that this version of the code cannot read. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

const Frame = v.looseObject({
  version: v.literal(EVENT_VERSION),
  sdkAppId: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  truncated: v.exactOptional(v.literal(true)),
});

/** Reads the detail of a `Run Closed` event. @throws {UnreadableEventError} naming the first field that is wrong */
export function parseRunClosed(detail: unknown): RunClosedEvent {
  const result = v.safeParse(Frame, detail);
  if (!result.success) {
    const [issue] = result.issues;
    throw new UnreadableEventError(`${v.getDotPath(issue) ?? 'detail'}: ${issue.message}`);
  }
  const { version, sdkAppId, truncated } = result.output;
  try {
    return { version, sdkAppId, ...parseRunOutcome(detail), ...(truncated && { truncated }) };
  } catch (error) {
    throw new UnreadableEventError(error instanceof Error ? error.message : String(error));
  }
}
