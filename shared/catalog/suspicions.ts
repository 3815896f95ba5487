import { suspicionKey, suspicionsOf } from './keys.ts';
import { queryItems } from './readItems.ts';
import type { Store } from './store.ts';
import { MANIFEST_DAYS, TABLE } from './table.ts';
import { putItem } from './writeItems.ts';

/** What a community's answer makes one suspect of all the others' answers in the same run. */
export interface Suspicion {
  readonly runId: string;
  /** The same text for the same trouble: `60020`, `malformed TopicAndSelfInfo`. */
  readonly what: string;
  readonly groupId: string;
}

/** Communities that are counted at most. */
export const MOST_SUSPECTS = 20;

/** Sorts before every group id: a suspicion that has proved to be unfounded. */
const ACQUITTED = '';

/**
 * Notes that a community's answer raises a suspicion. @param now epoch milliseconds
 * @returns how many communities of the run raise the same, this one included, at most {@link MOST_SUSPECTS}; 0 once it
 *   has been found to be unfounded
 */
export async function suspect(
  store: Store,
  sdkAppId: number,
  { runId, what, groupId }: Suspicion,
  now: number,
): Promise<number> {
  await putItem(store, itemOf(sdkAppId, { runId, what, groupId }, now));
  const { pk, prefix } = suspicionsOf(sdkAppId, runId, what);
  const condition = {
    expression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': pk, ':prefix': prefix },
  };
  let suspects = 0;
  for await (const item of queryItems(store, condition, { consistent: true })) {
    if (item['groupId'] === ACQUITTED) return 0;
    suspects += 1;
    if (suspects === MOST_SUSPECTS) break;
  }
  return suspects;
}

/** Notes that the same trouble is not everybody's. @param now epoch milliseconds */
export async function acquit(
  store: Store,
  sdkAppId: number,
  suspicion: Omit<Suspicion, 'groupId'>,
  now: number,
): Promise<void> {
  await putItem(store, itemOf(sdkAppId, { ...suspicion, groupId: ACQUITTED }, now));
}

function itemOf(sdkAppId: number, { runId, what, groupId }: Suspicion, now: number) {
  return {
    ...suspicionKey(sdkAppId, runId, what, groupId),
    itemType: 'suspicion',
    groupId,
    [TABLE.ttl]: Math.floor(now / 1000) + MANIFEST_DAYS * 86_400,
  };
}
