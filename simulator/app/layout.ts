/** What the app starts with: which groups, and which of its communities are peculiar. */
import { type GroupType, groupIdFor } from '../ids.ts';
import { Draw } from '../random.ts';
import type { CommunityStyle } from './types.ts';

/** Moment the initial state is told from: 2025-06-15T15:06:40Z, in seconds. No initial time is later. */
export const SIMULATOR_EPOCH = 1_750_000_000;

/** Documented maximum of topics in a community (https://trtc.io/document/34381). */
export const MAX_TOPICS = 200;

const EMPTY_SHARE = 0.03;
const TAIL_SIGMA = 1;

export interface AppShape {
  seed: number;
  communities: number;
  /** Mean. */
  topicsPerCommunity: number;
  quirks: boolean;
}

export interface InitialGroup {
  groupId: string;
  type: GroupType;
  /** The community's number, from 0; undefined for other groups. */
  community: number | undefined;
}

/** Two communities, then one group of another type, and so on: communities are spread over all list pages. */
export function* initialGroups({ seed, communities }: AppShape): Generator<InitialGroup> {
  const draw = new Draw(seed, 0x11);
  let place = 0;
  for (let community = 0; community < communities; community++) {
    yield { groupId: groupIdFor('Community', place++, seed), type: 'Community', community };
    if (community % 2 === 0) continue;
    const type = otherType(draw);
    yield { groupId: groupIdFor(type, place++, seed), type, community: undefined };
  }
}

function otherType(draw: Draw): GroupType {
  return draw.pick(['Public', 'Public', 'Private', 'Private', 'ChatRoom', 'AVChatRoom', 'BChatRoom']);
}

/** How many topics a community starts with: lognormal around the mean, some empty, at most 200. */
export function initialTopicCount(shape: AppShape, community: number, draw: Draw): number {
  const { topicsPerCommunity } = shape;
  if (topicsPerCommunity === 0 || draw.chance(EMPTY_SHARE)) return 0;
  if (topicsPerCommunity >= 5 && community % 500 === 250) return MAX_TOPICS; // one full community in every large app
  const mu = Math.log(topicsPerCommunity / (1 - EMPTY_SHARE)) - TAIL_SIGMA ** 2 / 2;
  const size = Math.exp(mu + TAIL_SIGMA * draw.normal());
  return Math.min(MAX_TOPICS, Math.floor(size + draw.fraction()));
}

/** Peculiar communities recur at fixed distances, so that an app of 100 communities has each kind. */
export function styleOf(shape: AppShape, community: number): CommunityStyle {
  return {
    integerMuteFlag: isEvery(29, shape, community),
    unknownFields: isEvery(31, shape, community),
    gaps: shape.quirks,
  };
}

/** About 1 % of communities do not support topics. */
export function supportsTopics(shape: AppShape, community: number): boolean {
  return !isEvery(97, shape, community);
}

function isEvery(distance: number, { quirks, seed }: AppShape, community: number): boolean {
  return quirks && community % distance === new Draw(seed, distance).int(0, distance - 1);
}
