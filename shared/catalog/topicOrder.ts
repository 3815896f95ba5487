/** What a record is of. */
export interface Ids {
  readonly groupId: string;
  readonly topicId?: string;
}

/** The order of records that nothing else sets apart: groupId, then topicId, by their UTF-16 units. */
export function byIds(a: Ids, b: Ids): number {
  const [left = '', right = ''] = a.groupId === b.groupId ? [a.topicId, b.topicId] : [a.groupId, b.groupId];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
