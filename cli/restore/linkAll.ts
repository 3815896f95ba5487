import { isUnlinked, type Restore } from '../../shared/restore/intent.ts';
import { type LinkParts, linkCommunity } from '../../shared/restore/link.ts';
import type { RestoreParts } from '../../shared/restore/parts.ts';
import type { PlannedTopic } from '../../shared/restore/plan.ts';

/**
 * Tells the tombstones of every community that was put back into of the new ids.
 * @returns the communities that others were writing all the time
 */
export async function linkAll(
  parts: LinkParts & Pick<RestoreParts, 'read'>,
  planned: readonly PlannedTopic[],
): Promise<string[]> {
  const unlinked: string[] = [];
  for (const [groupId, topics] of Map.groupBy(planned.filter(mayBeUnlinked), ({ groupId }) => groupId)) {
    const restores = await Promise.all(topics.map((topic) => parts.read(topic)));
    const open = restores.filter(
      (restore): restore is Restore => restore !== undefined && isUnlinked(restore),
    );
    if (open.length > 0 && !(await linkCommunity(parts, groupId, open))) unlinked.push(groupId);
  }
  return unlinked;
}

/** Of one that was done before the plan, the plan knows. */
function mayBeUnlinked({ action, deletedAt, stored }: PlannedTopic): boolean {
  if (deletedAt === undefined) return false;
  return action === 'create' || (action === 'done' && stored !== undefined && isUnlinked(stored));
}
