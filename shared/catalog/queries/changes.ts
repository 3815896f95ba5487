import type { Change } from '../../sync/snapshot.ts';
import { placed, type Question } from './answer.ts';
import { type ChangesWanted, changesBetween } from './changesBetween.ts';
import { type ChangesSince, changesSince } from './changesSince.ts';
import type { Position } from './cursor.ts';

/** What the answers to both questions have in common, so that a cursor of one goes with the other. */
const ORDER = { order: 'changes', length: 3 } as const;

/** Changes between two instants, see {@link changesBetween}. */
export const betweenInstants: Question<Omit<ChangesWanted, 'after'>, Change> = {
  ...ORDER,
  ask: (store, sdkAppId, wanted, after) =>
    placed(changesBetween(store, sdkAppId, { ...wanted, after }), placeOf),
};

/** Changes since an instant, see {@link changesSince}. */
export const sinceInstant: Question<Omit<ChangesSince, 'after'>, Change> = {
  ...ORDER,
  ask: (store, sdkAppId, wanted, after) =>
    placed(changesSince(store, sdkAppId, { ...wanted, after }), placeOf),
};

function placeOf({ observedAt, groupId, topicId }: Change): Position {
  return [observedAt, groupId, topicId];
}
