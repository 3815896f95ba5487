import { customTopicIdProblem } from '../chat/importTopic.ts';

/** The id that a topic can have in the community it is put into. */
export type NewId =
  | { readonly topicId: string }
  /** Tencent makes one up, because the old one cannot be asked for: `why` completes "its id …". */
  | { readonly topicId?: never; readonly why: string };

/**
 * The id with which a topic is put into a community: its own; in another community its own part behind that
 * community's id; or one that Tencent makes up.
 */
export function newIdOf(groupId: string, topicId: string, toGroupId: string, isGivenUp = false): NewId {
  if (isGivenUp) return { why: 'is given up' };
  const prefix = `${groupId}@TOPIC#_`;
  const own = topicId.startsWith(prefix) ? topicId.slice(prefix.length) : undefined;
  const moved = own === undefined ? topicId : `${toGroupId}@TOPIC#_${own}`;
  const why = customTopicIdProblem(toGroupId, moved);
  return why === undefined ? { topicId: moved } : { why };
}
