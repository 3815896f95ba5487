/** What stands between a community's id and a topic's own part, of an id that Tencent makes and of one that the app chooses. */
const MADE = '@TOPIC#_@TOPIC#';
const CHOSEN = '@TOPIC#_';

/** Begins the part of an id that Tencent has made, and an id that is kept whole. */
const [MADE_MARK, WHOLE_MARK] = ['#', '='];

/**
 * The part of a topic's id behind its community's, which an item that has the community in its key need not repeat.
 * Ids of another shape, and parts that begin like a mark, are kept whole.
 */
export function shortId(groupId: string, topicId: string): string {
  if (topicId.startsWith(groupId + MADE)) return MADE_MARK + topicId.slice(groupId.length + MADE.length);
  const part = topicId.startsWith(groupId + CHOSEN) ? topicId.slice(groupId.length + CHOSEN.length) : '';
  return part === '' || part.startsWith(MADE_MARK) || part.startsWith(WHOLE_MARK)
    ? WHOLE_MARK + topicId
    : part;
}

/** The id that a part was made from. */
export function fullId(groupId: string, short: string): string {
  if (short.startsWith(MADE_MARK)) return groupId + MADE + short.slice(MADE_MARK.length);
  return short.startsWith(WHOLE_MARK) ? short.slice(WHOLE_MARK.length) : groupId + CHOSEN + short;
}
