import {
  type EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';

interface Entry {
  readonly entry: PutEventsRequestEntry;
}

/** An entry that the bus did not take, and why. */
export interface Refusal<E extends Entry> {
  readonly entry: E;
  readonly code: string;
  readonly message: string;
  /** passing: may be taken later · content: will never be taken as it is · standing: something else must change. */
  readonly kind: 'passing' | 'content' | 'standing';
}

/** Sends entries once. A request that partly fails answers 200. @returns what was refused, in order */
export async function putEntries<E extends Entry>(
  client: EventBridgeClient,
  entries: readonly E[],
): Promise<Refusal<E>[]> {
  try {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: entries.map(({ entry }) => entry) }),
    );
    return entries.flatMap((entry, index) => {
      const { EventId, ErrorCode: code = 'NoAnswer', ErrorMessage: message = '' } = Entries[index] ?? {};
      return EventId === undefined ? [{ entry, code, message, kind: kindOf(code) }] : [];
    });
  } catch (error) {
    return entries.map((entry) => ({ entry, ...failureOf(error) }));
  }
}

/** Codes of an entry that no repeat heals (docs.aws.amazon.com, API_PutEventsResultEntry), by what they ask for. */
const CONTENT: ReadonlySet<string> = new Set(['MalformedDetail', 'InvalidArgument', 'RedactionFailure']);
const STANDING: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'InvalidAccountIdException',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
]);

function kindOf(code: string): Refusal<Entry>['kind'] {
  if (CONTENT.has(code)) return 'content';
  return STANDING.has(code) ? 'standing' : 'passing';
}

/** What a request that failed as a whole says of each of its entries. */
function failureOf(error: unknown): Omit<Refusal<Entry>, 'entry'> {
  const { name: code, message } = error instanceof Error ? error : new Error(String(error));
  const isOurs = error instanceof EventBridgeServiceException && error.$fault === 'client';
  const isThrottled = isOurs && (error.$metadata.httpStatusCode === 429 || /throttl|TooMany/i.test(code));
  return { code, message, kind: isOurs && !isThrottled ? 'standing' : 'passing' };
}
