/** Accidents that befall single calls, each with what it looks like to the caller. */
export const accidents = {
  'http-502': "HTTP status 502 with a proxy's HTML page; the call has no effect",
  'truncated-json': 'the right answer, cut off in the middle',
  'reset-before': 'the connection is closed without an answer; the call has no effect',
  'reset-after': 'the call has its effect, and the connection is closed without an answer',
  hang: 'no answer for longer than any caller waits, then the connection is closed; no effect',
  'wrong-types': 'numbers as texts, texts as numbers, arrays as objects',
  'odd-answer':
    'one part of the right answer is left out, null, doubled, reordered, nested, huge or of another type',
  'rate-storm': '10006, and so are the next calls of this API, whoever makes them',
  'clock-skew': '70001: the signature is taken for an expired one',
  'empty-answer': 'get_topic: OK and an empty TopicAndSelfInfo, whatever the community has',
  'page-gap': 'the list: a tenth of the ids of a page are left out, TotalCount says that they are there',
  'page-without-next': 'the list: an answer without Next',
  'frozen-list': 'the list: the first page and its cursor, whatever Next was asked for',
  'short-list': 'the list: half of the ids of a page are left out, and TotalCount agrees',
} as const;

export type Accident = keyof typeof accidents;

/** An accident, or the error code that is answered. */
export type FaultKind = Accident | `code-${number}`;

/** Kinds that say of themselves which API they befall; all others befall every API. */
export const onlyOf: { readonly [kind in FaultKind]?: string } = {
  'empty-answer': 'get_topic',
  'page-gap': 'get_appid_group_list',
  'page-without-next': 'get_appid_group_list',
  'frozen-list': 'get_appid_group_list',
  'short-list': 'get_appid_group_list',
};

/** Codes that pass by themselves (https://trtc.io/document/34348), those of the rate limits among them. */
const retryable = [
  10002, 10003, 10006, 10008, 60002, 60004, 60005, 60007, 60008, 60011, 60013, 60014, 60018, 60019, 60022,
  70169, 70500, 72010, 110002, 110007,
] as const;

/** Codes that stay until somebody changes the key, the configuration or the plan. Same source. */
const fatal = [
  10026, 10036, 10037, 10058, 10059, 60003, 60006, 60009, 60010, 60012, 60015, 60016, 60017, 60020, 60021,
  60025, 60026, 60027, 60028, 70001, 70002, 70003, 70004, 70005, 70006, 70007, 70008, 70009, 70013, 70014,
  70016, 70020, 70050, 70051, 70107, 70398, 70399, 70402, 70404, 71000, 72000, 72001, 72002, 72011, 72012,
  80005,
] as const;

const named = (code: number): FaultKind => `code-${code}`;

/** Names that stand for several kinds. */
export const families: Readonly<Record<string, readonly FaultKind[]>> = {
  'retryable-codes': retryable.map(named),
  'fatal-codes': fatal.map(named),
};

/** What no client can notice: the answer is read as it is. */
const UNNOTICED: ReadonlySet<string> = new Set(['short-list', 'odd-answer']);

/** What befalls calls when no kind is named: all that a patient client survives, and notices. */
export const defaultMix: readonly FaultKind[] = [
  ...(Object.keys(accidents) as Accident[]).filter((kind) => !UNNOTICED.has(kind)),
  ...retryable.map(named),
];

/** Whether a text is the name of a kind. */
export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(accidents, text) || /^code-[1-9]\d{0,6}$/.test(text);
}

/** Kinds for names, in which families are spelt out. @throws RangeError that names the first unknown one */
export function kindsNamed(names: readonly string[]): FaultKind[] {
  const kinds: string[] = names.flatMap((name) => [...(families[name] ?? [name])]);
  const unknown = kinds.find((kind) => !isFaultKind(kind));
  if (unknown === undefined) return [...new Set(kinds)] as FaultKind[];
  const known = [...Object.keys(accidents), ...Object.keys(families), 'code-N'].join(', ');
  throw new RangeError(`no such kind of fault: ${JSON.stringify(unknown)}; there are ${known}`);
}

/** The code that a kind answers, if that is what it does. */
export function codeOf(kind: FaultKind): number | undefined {
  if (kind === 'clock-skew') return 70001;
  if (kind === 'rate-storm') return 10006;
  return kind.startsWith('code-') ? Number(kind.slice('code-'.length)) : undefined;
}
