import * as v from 'valibot';

/** Version of the messages on both queues; a consumer refuses one that it does not know. */
export const MESSAGE_VERSION = 1;

/**
 * Why a community is queued. listed: the run's list named it · unlisted: it is mirrored and the list did not name it ·
 * confirmed: its confirmed deletions may be carried out, and nothing is asked.
 */
export const REASONS = ['listed', 'unlisted', 'confirmed'] as const;

const RunId = v.pipe(v.string(), v.isoTimestamp());

const CommunityMessage = v.object({
  v: v.literal(MESSAGE_VERSION),
  sdkAppId: v.number(),
  runId: RunId,
  groupId: v.pipe(v.string(), v.nonEmpty()),
  reason: v.picklist(REASONS),
  /** Of confirmed: when the run was judged; what was confirmed later is not deleted. */
  judgedAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

const ClosingMessage = v.object({
  v: v.literal(MESSAGE_VERSION),
  sdkAppId: v.number(),
  runId: RunId,
  /** How many times in a row the communities queue was found empty while communities had no outcome. */
  emptyLooks: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** One community to sync in one run: the grain of retry, dead letter and idempotency. */
export type CommunityMessage = v.InferOutput<typeof CommunityMessage>;

/** Asks close-run to look whether a run has ended. */
export type ClosingMessage = v.InferOutput<typeof ClosingMessage>;

/** The messages that ask the consumers for communities. */
export function communityMessages(
  ids: Omit<CommunityMessage, 'v' | 'groupId'>,
  groupIds: readonly string[],
): string[] {
  return groupIds.map((groupId) =>
    JSON.stringify({ v: MESSAGE_VERSION, ...ids, groupId } satisfies CommunityMessage),
  );
}

/** The message that wakes close-run. */
export function closingMessage(message: Omit<ClosingMessage, 'v'>): string {
  return JSON.stringify({ v: MESSAGE_VERSION, ...message } satisfies ClosingMessage);
}

/** A message that this version of the code cannot read. It never blocks its batch: it goes to the dead letters. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** @throws {UnreadableMessageError} naming the first field that is wrong */
export function parseCommunityMessage(body: string): CommunityMessage {
  return parse(CommunityMessage, body);
}

/** @throws {UnreadableMessageError} naming the first field that is wrong */
export function parseClosingMessage(body: string): ClosingMessage {
  return parse(ClosingMessage, body);
}

const Ids = v.object({
  sdkAppId: v.number(),
  runId: RunId,
  groupId: v.pipe(v.string(), v.nonEmpty()),
  reason: v.optional(v.string()),
});

/** What a message is about, as far as any version of it says so. */
export type MessageIds = v.InferOutput<typeof Ids>;

/** The ids in a message that need not be readable otherwise; undefined where one of them is not there. */
export function messageIds(body: string): MessageIds | undefined {
  try {
    const result = v.safeParse(Ids, JSON.parse(body));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

const Named = v.object({ runId: v.optional(RunId), groupId: v.optional(v.string()) });

/** The run and the community that a message of either queue names, for a log line; nothing of one that cannot be read. */
export function namedIn(body: string): v.InferOutput<typeof Named> {
  try {
    const result = v.safeParse(Named, JSON.parse(body));
    return result.success ? result.output : {};
  } catch {
    return {};
  }
}

function parse<T>(schema: v.GenericSchema<unknown, T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableMessageError('the message is not JSON');
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UnreadableMessageError(`${v.getDotPath(issue) ?? 'message'}: ${issue.message}`);
}
