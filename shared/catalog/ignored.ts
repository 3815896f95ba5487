import { communitiesWanting } from './attention.ts';
import type { Community } from './community.ts';
import { attentionOf } from './keys.ts';
import { shortened, update } from './stampUpdate.ts';
import { type Store, setAll } from './store.ts';

/** An ignored community is asked for again after so long: a week, less the hours by which one night begins before another. */
const REST_MS = 6.5 * 86_400_000;

/**
 * Notes that a person knows why a community fails: it makes no run INCOMPLETE any more, and is asked for once a week, until
 * it is served again.
 * @param at ISO 8601 UTC @param reason for whoever reads it later, shortened to 140 bytes
 * @returns false when it does not fail
 */
export function ignoreCommunity(
  store: Store,
  sdkAppId: number,
  groupId: string,
  at: string,
  reason?: string,
): Promise<boolean> {
  const ignoredReason = reason === undefined ? undefined : shortened(reason);
  const attention = attentionOf(sdkAppId, 'community-ignored');
  const set = setAll({ ignoredAt: at, ignoredReason, attention });
  return update(store, sdkAppId, groupId, set, { expression: 'attribute_exists(failingSince)' });
}

/** Takes that back. @returns false when the community is not ignored */
export function heedCommunity(
  store: Store,
  sdkAppId: number,
  { groupId, status }: Pick<Community, 'groupId' | 'status'>,
): Promise<boolean> {
  const set = setAll({ attention: attentionOf(sdkAppId, failingAs(status)) });
  const change = { ...set, expression: `${set.expression} REMOVE ignoredAt, ignoredReason` };
  return update(store, sdkAppId, groupId, change, { expression: 'attribute_exists(ignoredAt)' });
}

/** Where a community that fails stands among those that want a look. */
export function failingAs(status: Community['status']): 'community-unsupported' | 'community-failing' {
  return status === 'unsupported' ? 'community-unsupported' : 'community-failing';
}

/** Ignored communities that are not to be asked for yet. @param now epoch milliseconds */
export async function restingCommunities(store: Store, sdkAppId: number, now: number): Promise<Set<string>> {
  const resting = new Set<string>();
  for await (const { groupId, run } of communitiesWanting(store, sdkAppId, ['community-ignored']))
    if (run && now - Date.parse(run.askedAt) < REST_MS) resting.add(groupId);
  return resting;
}
