import type { Change } from '../../../../shared/sync/snapshot.ts';
import { at, GROUP, RUN_ID } from '../../../builders.ts';

/** A history entry of the example night. */
export function change(fields: Partial<Change> = {}): Change {
  return { observedAt: at(10), runId: RUN_ID, kind: 'updated', groupId: GROUP, topicId: 'a', ...fields };
}

/** The order in which changes are told: observedAt, groupId, topicId. */
export function inOrder(changes: readonly Change[]): Change[] {
  const key = ({ observedAt, groupId, topicId }: Change) => [observedAt, groupId, topicId];
  return [...changes].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const nth = left.findIndex((part, index) => part !== right[index]);
    return nth < 0 ? 0 : (left[nth] as string) < (right[nth] as string) ? -1 : 1;
  });
}
