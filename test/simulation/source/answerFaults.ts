import { isJsonObject, type JsonObject, type JsonValue, parseJson, toJson } from '../../../simulator/json.ts';
import type { Surroundings } from '../aws/environment.ts';

/** How much an answer may hold before the API refuses it as too large. Documented: 1 MB. */
export interface AnswerLimits {
  readonly groupIds: number;
  readonly topics: number;
}

/**
 * What an answer is on its way: whole, or quietly short of something, or too large to be one.
 * @param onLie told of a community whose answer is not the truth
 */
export function createAnswerFaults(
  { weather, draw, time }: Surroundings,
  limits: AnswerLimits,
  onLie: (groupId: string) => void,
): (request: JsonObject, answerText: string) => string {
  /** Now and then for a while, so that asking once more is no remedy. */
  const emptied = new Map<string, number>();
  const isEmptied = (groupId: string) => {
    if (weather.calm) return false;
    if ((emptied.get(groupId) ?? 0) > time.now()) return true;
    if (!weather.strikes('empty answer')) return false;
    if (draw.chance(0.5)) emptied.set(groupId, time.now() + draw.int(100, EMPTY_SPELL_MS));
    return true;
  };
  const spoil = (groupId: string, list: JsonValue[]): JsonValue[] => {
    if (list.length === 0) return list;
    if (isEmptied(groupId)) return lied(groupId, []);
    if (weather.strikes('partial answer')) return lied(groupId, list.slice(0, draw.int(0, list.length - 1)));
    if (weather.strikes('odd element')) return odd(groupId, list);
    if (!weather.strikes('element error')) return list;
    const at = draw.int(0, list.length - 1);
    const code = draw.pick([10002, 60008, 10007, 19999]);
    return lied(
      groupId,
      list.map((element, index) => (index === at ? failed(element, code) : element)),
    );
  };
  /** An element that nobody can read, or one that is only spelt another way. */
  const odd = (groupId: string, list: JsonValue[]) => {
    const at = draw.int(0, list.length - 1);
    const spell = draw.pick(ODD_SPELLINGS);
    const spelt = list.map((element, index) =>
      index === at && isJsonObject(element) ? spell(element) : element,
    );
    return spell === digits ? spelt : lied(groupId, spelt);
  };
  const lied = (groupId: string, list: JsonValue[]) => {
    onLie(groupId);
    return list;
  };

  return (request, answerText) => {
    if (!answerText.startsWith('{"ActionStatus":"OK"') || !answerText.endsWith('}')) return answerText;
    const answer = (
      LONG_NUMBER.test(answerText) ? parseJson(answerText) : JSON.parse(answerText)
    ) as JsonObject;
    const { TopicAndSelfInfo: topics, GroupIdList: groupIds } = answer;
    if (Array.isArray(topics)) {
      const { GroupId, ResponseFilter } = request;
      if (topics.length > limits.topics && ResponseFilter === undefined) return TOO_LARGE;
      return toJson({ ...answer, TopicAndSelfInfo: spoil(String(GroupId), draw.shuffle(topics)) });
    }
    if (!Array.isArray(groupIds)) return answerText;
    if (Number(request['Limit']) > limits.groupIds) return TOO_LARGE;
    const listed = draw.shuffle(groupIds);
    const [omitted, ...named] = listed as { GroupId: string }[];
    if (omitted && weather.strikes('list short of its count'))
      return toJson({ ...answer, GroupIdList: named });
    if (!omitted || !weather.strikes('list shortened')) return toJson({ ...answer, GroupIdList: listed });
    // The count is of what the list names, so that nothing but get_topic can tell that it is short.
    onLie(String(omitted.GroupId));
    return toJson({ ...answer, GroupIdList: named, TotalCount: Number(answer['TotalCount']) - 1 });
  };
}

type Spelling = (element: JsonObject) => JsonValue;

const digits: Spelling = ({ TopicInfo, ErrorCode, ...element }) => {
  const info = Object.entries(TopicInfo as JsonObject).map(([name, value]) => [
    name,
    ['NextMsgSeq', 'CreateTime'].includes(name) && typeof value === 'number' ? `${value}` : value,
  ]);
  return { ...element, ErrorCode: `${ErrorCode ?? 0}`, TopicInfo: Object.fromEntries(info) };
};

const ODD_SPELLINGS: readonly [Spelling, ...Spelling[]] = [
  digits,
  () => null,
  (element) => ({ ...element, TopicInfo: null }),
  (element) => ({ ...element, ErrorCode: 'none' }),
  ({ TopicInfo, ...element }) => ({ ...element, TopicInfo: { ...(TopicInfo as JsonObject), TopicId: '' } }),
];

/** How long a community's answers may be empty. */
const EMPTY_SPELL_MS = 10 * 60_000;

/** What a double cannot hold; parsing exactly takes several times as long. */
const LONG_NUMBER = /\d{16}/;

const TOO_LARGE = toJson({ ActionStatus: 'FAIL', ErrorCode: 10018, ErrorInfo: 'simulated' });

function failed(element: JsonValue, ErrorCode: number): JsonValue {
  if (!isJsonObject(element)) return element;
  const { TopicId, GroupID } = element['TopicInfo'] as JsonObject;
  return { ErrorCode, ErrorInfo: 'simulated', TopicInfo: { TopicId, GroupID } as JsonObject };
}
