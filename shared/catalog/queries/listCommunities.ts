import { communitiesWanting } from '../attention.ts';
import { allCommunities } from '../communities.ts';
import type { Community } from '../community.ts';
import type { Attention } from '../keys.ts';
import { byIds } from '../topicOrder.ts';
import { placed, type Question } from './answer.ts';

/** How many communities will be taken, about; default all. */
export interface CommunitiesWanted {
  readonly limit?: number | undefined;
}

/** All communities that are mirrored, in an order that is the same every time: by shard, then by id as keys spell it. */
export const listCommunities: Question<CommunitiesWanted, Community> = {
  order: 'communities',
  length: 1,
  ask: (store, sdkAppId, { limit }, after) => {
    const [from] = after ?? [];
    const stamps = allCommunities(store, sdkAppId, { from, pageItems: limit });
    return placed(without(stamps, from), ({ groupId }) => [groupId]);
  },
};

/** Communities that fail or are unsupported, those longest so first, then by id; `failingSince` says since when. */
export const failingCommunities = failing('failing communities', [
  'community-failing',
  'community-unsupported',
  'community-ignored',
]);

/** Those of them that a person has said to ignore. */
export const ignoredCommunities = failing('ignored communities', ['community-ignored']);

function failing(
  order: string,
  what: readonly Extract<Attention, `community-${string}`>[],
): Question<object, Community> {
  return {
    order,
    length: 2,
    ask: (store, sdkAppId, _wanted, after) => {
      const [since, groupId = ''] = after ?? [];
      const stamps = communitiesWanting(store, sdkAppId, what, since);
      const isBehind = (one: Community) => one.failingSince !== since || byIds(one, { groupId }) > 0;
      return placed(filtered(stamps, isBehind), ({ failingSince = '', groupId: id }) => [failingSince, id]);
    },
  };
}

function without(stamps: AsyncIterable<Community>, groupId: string | undefined): AsyncGenerator<Community> {
  return filtered(stamps, (one) => one.groupId !== groupId);
}

async function* filtered<T>(records: AsyncIterable<T>, isWanted: (record: T) => boolean): AsyncGenerator<T> {
  for await (const record of records) if (isWanted(record)) yield record;
}
