import { ApiError, type CallSubject, MalformedAnswerError, oneLine } from './errors.ts';
import { isDeeperThan, type JsonValue, stringifyJson } from './json.ts';
import {
  answerOf,
  countOf,
  elementsOf,
  type Fields,
  failureOf,
  fieldsOf,
  integerOf,
  isGiven,
  malformed,
  problemOf,
  textOf,
} from './payloads.ts';
import type { TopicFailure, TopicFields } from './types.ts';

/** Tencent allows 96 bytes; five times that leaves room and still fits a DynamoDB key. */
const LONGEST_ID = 512;

/** A change is stored with what was before it, and DynamoDB's items have 400 KB (docs.aws.amazon.com: quotas). */
const LARGEST_TOPIC = 150_000;

/** What is nested deeper comes from no client of Tencent's, and would end the recursion of whoever compares it. */
const DEEPEST = 100;

/** Fields that say which community a topic is of. Both spellings are known. */
const GROUP_FIELDS: readonly string[] = ['GroupID', 'GroupId'];

/** Two names of one state, the documented one first; the other is what Tencent's own Web SDK reads. */
const MUTE_FIELDS = ['MuteAllMember', 'ShutUpAllFlag'] as const;

/** TopicInfo's documented fields (https://www.tencentcloud.com/document/product/1047/49469), and how each is read. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['TopicName', reader('topicName', textOf)],
  ['Introduction', reader('introduction', textOf)],
  ['Notification', reader('notification', textOf)],
  ['FaceUrl', reader('faceUrl', textOf)],
  ['CustomString', reader('customString', textOf)],
  ['CreateTime', reader('createTime', countOf)],
  ['LastMsgTime', reader('lastMsgTime', countOf)],
  ['NextMsgSeq', reader('nextMsgSeq', countOf)],
  // Read apart: the id before all others, the state of two names once.
  ['TopicId', textOf],
  ...GROUP_FIELDS.map((name) => [name, textOf] as const),
  ...MUTE_FIELDS.map((name) => [name, muteOf] as const),
]);

/** Reads one field into a topic; undefined when its value is of a type that nobody foresaw. */
type Reader = (value: unknown, topic: TopicFields) => unknown;

function reader<Name extends keyof TopicFields>(
  name: Name,
  read: (value: unknown) => TopicFields[Name] | undefined,
): Reader {
  return (value, topic) => {
    const known = read(value);
    if (known !== undefined) topic[name] = known;
    return known;
  };
}

export interface ReadTopics {
  topics: TopicFields[];
  failures: TopicFailure[];
  /** Elements that name no topic: where each is, and what is wrong with it. */
  unattributed: string[];
  /** The top-level error of an answer that lists topics all the same. */
  ignored?: ApiError;
}

/**
 * Reads an answer of get_topic about one community.
 *
 * Tencent calls the top-level code meaningless and points at each topic's own, but an app-wide refusal has no topics
 * to carry one. So a top-level error counts when the answer lists no topic; otherwise each topic's code does. An
 * error with an empty list must not pass for a community without topics.
 *
 * A field of an unforeseen type is kept in `extra`. An element that cannot be read is a failure of its topic, and of nobody
 * else's.
 * @throws ApiError
 * @throws MalformedAnswerError when nothing in it can be attributed to a topic of the community
 */
export function readTopics(answer: unknown, subject: CallSubject): ReadTopics {
  const { TopicAndSelfInfo: list, ...fields } = answerOf(answer, subject);
  const elements = elementsOf(list, LIST, subject);
  const read: ReadTopics = { topics: [], failures: [], unattributed: [] };
  if (elements.length === 0) {
    const failure = failureOf(answer, subject);
    if (failure) throw failure;
    // Nothing but the base fields: a community without topics. With anything else it answers another question.
    if (list === undefined && Object.values(fields).some((value) => typeof value === 'object' && value))
      throw malformed(subject, LIST, 'array', list);
    return read;
  }
  // Keyed by topic: of two elements about one topic the later counts.
  const unnamed: Unnamed[] = [];
  const byTopic = new Map<string, TopicFields | TopicFailure>();
  elements.forEach((element, index) => {
    const one = readElement(element, subject);
    if ('problem' in one) unnamed.push({ at: `${LIST}[${index}]${one.at}`, problem: one.problem });
    else byTopic.set(one.topicId, one);
  });
  const [first] = unnamed;
  if (first && byTopic.size === 0) throw new MalformedAnswerError(subject, first.at, first.problem);
  read.unattributed = unnamed.map(({ at, problem }) => `${at}: ${problem}`);
  if (elements.every((element) => isOfAnother(element, subject)))
    throw new MalformedAnswerError(subject, `${LIST}[0].TopicInfo`, ANOTHER);
  for (const item of byTopic.values()) {
    if ('info' in item) read.failures.push(item);
    else read.topics.push(item);
  }
  const code = integerOf(fields['ErrorCode']);
  if (code) read.ignored = new ApiError(subject, code, textOf(fields['ErrorInfo']) ?? '');
  return read;
}

const LIST = 'TopicAndSelfInfo';
const ANOTHER = 'names another community than the one asked for';

/** Where an element names no topic, from the element on, and what is wrong there. */
interface Unnamed {
  readonly at: string;
  readonly problem: string;
}

function readElement(element: unknown, subject: CallSubject): TopicFields | TopicFailure | Unnamed {
  const outer = fieldsOf(element);
  if (!outer) return { at: '', problem: problemOf('object', element) };
  const { ErrorCode, ErrorInfo } = outer;
  const inner = fieldsOf(outer['TopicInfo']);
  const code = integerOf(ErrorCode ?? 0);
  // A failed element may say no more of its topic than destroy_topic's do.
  const id = code === 0 ? inner?.['TopicId'] : (inner?.['TopicId'] ?? outer['TopicId']);
  const topicId = idOf(id);
  if (topicId === undefined) return whereUnnamed(outer, id, code);
  if (code === undefined) return { topicId, info: `ErrorCode: ${problemOf('integer', ErrorCode)}` };
  if (isOfAnother(element, subject)) return { topicId, info: ANOTHER };
  if (code !== 0) return { topicId, code, info: oneLine(textOf(ErrorInfo) ?? '') };
  return readInfo(topicId, inner ?? {});
}

function idOf(value: unknown): string | undefined {
  const id = textOf(value);
  return id !== undefined && id !== '' && Buffer.byteLength(id) <= LONGEST_ID ? id : undefined;
}

function whereUnnamed({ TopicInfo }: Fields, id: unknown, code: number | undefined): Unnamed {
  const failed = code ? `, of an element with the error ${code}` : '';
  if (!fieldsOf(TopicInfo) && id === undefined)
    return { at: '.TopicInfo', problem: `${problemOf('object', TopicInfo)}${failed}` };
  const expected = typeof id === 'string' && id !== '' ? `at most ${LONGEST_ID} bytes` : 'non-empty string';
  return { at: '.TopicInfo.TopicId', problem: `${problemOf(expected, id)}${failed}` };
}

/** A topic of another community in the answer means the answer was meant for another question. */
function isOfAnother(element: unknown, { groupId }: CallSubject): boolean {
  const info = fieldsOf(fieldsOf(element)?.['TopicInfo']);
  return GROUP_FIELDS.some((name) => typeof info?.[name] === 'string' && info[name] !== groupId);
}

function readInfo(topicId: string, info: Fields): TopicFields | TopicFailure {
  const topic: TopicFields = { topicId };
  const unforeseen: [string, JsonValue][] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(info)) {
    if (typeof value === 'string') bytes += 3 * value.length;
    if (isRead(name, value, topic)) continue;
    if (isDeeperThan(value, DEEPEST)) return { topicId, info: `${name} is nested deeper than ${DEEPEST}` };
    if (typeof value === 'object') bytes += 3 * stringifyJson(value).length;
    unforeseen.push([name, value as JsonValue]);
  }
  const mute = MUTE_FIELDS.map((name) => muteOf(info[name])).find((state) => state !== undefined);
  if (mute !== undefined) topic.muteAllMember = mute;
  // By fromEntries, which keeps a field called `__proto__` an ordinary field.
  if (unforeseen.length > 0) topic.extra = Object.fromEntries(unforeseen);
  if (bytes <= LARGEST_TOPIC) return topic;
  const size = Buffer.byteLength(stringifyJson(topic));
  return size <= LARGEST_TOPIC
    ? topic
    : { topicId, info: `its fields have ${size} bytes, more than the ${LARGEST_TOPIC} that are stored` };
}

/** Reads a field that is known, if it is one and its value can be read. */
function isRead(name: string, value: unknown, topic: TopicFields): boolean {
  const read = READERS.get(name);
  return read !== undefined && (!isGiven(value) || read(value, topic) !== undefined);
}

/** "On"/"Off" is documented; integers and booleans are what sibling APIs and Tencent's own SDK use. */
function muteOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'On' || value === 'Off') return value === 'On';
  const flag = integerOf(value);
  return flag === undefined ? undefined : flag === 1;
}
