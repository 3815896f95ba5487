import { restoresOf } from '../../shared/catalog/restores.ts';
import type { Place, Restore } from '../../shared/restore/intent.ts';
import { type PlannedTopic, planTopic } from '../../shared/restore/plan.ts';
import { CommandError } from '../exit.ts';
import type { Mirror } from '../mirror.ts';
import type { Order } from './order.ts';
import { selectedTopics } from './select.ts';

/** Plans what is to become of each topic that is meant. The API is not asked. @throws {CommandError} as the selection does */
export async function planOrder(mirror: Mirror, order: Order): Promise<PlannedTopic[]> {
  const { selection, toGroup, toApp = mirror.sdkAppId, newIds } = order;
  const isCopy = order.toApp !== undefined || toGroup !== undefined;
  if (isCopy) refuseSelf(mirror, order);
  const stored = await storedRestores(mirror, selection.groups);
  const planned: PlannedTopic[] = [];
  for await (const snapshot of selectedTopics(mirror, selection)) {
    const { groupId, topicId } = snapshot;
    const to: Place = { sdkAppId: toApp, groupId: toGroup ?? groupId };
    planned.push(planTopic(snapshot, to, { isCopy, newIds }, stored.get(keyOf({ groupId, topicId, to }))));
  }
  return planned;
}

function refuseSelf(mirror: Mirror, { selection, toGroup, toApp = mirror.sdkAppId }: Order): void {
  const isSameGroup = toGroup === undefined || selection.groups.includes(toGroup);
  if (toApp !== mirror.sdkAppId || !isSameGroup) return;
  throw new CommandError(
    `${toGroup === undefined ? '--to-app' : '--to-group'} names where the topics are already; without it what is deleted is put back there`,
  );
}

async function storedRestores(
  { store, sdkAppId }: Mirror,
  groups: readonly string[],
): Promise<ReadonlyMap<string, Restore>> {
  const found = new Map<string, Restore>();
  for (const groupId of groups.length > 0 ? groups : [undefined]) {
    for await (const restore of restoresOf(store, sdkAppId, { groupId })) found.set(keyOf(restore), restore);
  }
  return found;
}

function keyOf({ groupId, topicId, to }: Pick<Restore, 'groupId' | 'topicId' | 'to'>): string {
  return JSON.stringify([groupId, topicId, to.sdkAppId, to.groupId]);
}
