import type { Community } from '../../../shared/catalog/community.ts';
import { communityKey } from '../../../shared/catalog/keys.ts';
import type { Roster } from '../../../shared/sync/roster.ts';

/** A community with its roster, if it has one. */
export interface WithRoster {
  readonly community: Community;
  readonly roster: Roster | undefined;
}

/**
 * Reads communities and rosters side by side, one of each in memory. Both come shard by shard, then in the order of their keys;
 * a roster whose community has no stamp yet is left out.
 */
export async function* withRosters(
  communities: AsyncIterable<Community>,
  rosters: AsyncGenerator<Roster>,
): AsyncGenerator<WithRoster> {
  try {
    let next = await rosters.next();
    for await (const community of communities) {
      const place = placeOf(community);
      while (!next.done && placeOf(next.value) < place) next = await rosters.next();
      const isOwn = !next.done && next.value.groupId === community.groupId;
      yield { community, roster: isOwn ? next.value : undefined };
    }
  } finally {
    await rosters.return(undefined);
  }
}

/** Text that sorts as the table does. */
function placeOf({ groupId }: { readonly groupId: string }): string {
  const { pk, sk } = communityKey(0, groupId);
  return `${pk} ${sk}`;
}
