import { type JsonValue, stringifyJson } from '../../shared/chat/index.ts';
import type { PlannedTopic } from '../../shared/restore/plan.ts';
import { printable } from '../output/printable.ts';
import type { CarriedOut, Result } from './carryOut.ts';

/** The plan as a person reads it, like a diff: `+` is to be made, `=` is there, `!` cannot be. */
export function planLines(planned: readonly PlannedTopic[]): string[] {
  const byPlace = Object.groupBy(planned, placeOf);
  const blocks = Object.entries(byPlace).flatMap(([place, topics = []]) => [
    printable(place),
    ...topics.flatMap(plannedLines),
  ]);
  return [...blocks, counts(planned.map(({ action }) => PLANNED[action]))];
}

/** What became of each topic, and how many of each. */
export function reportLines(planned: readonly PlannedTopic[], { results }: CarriedOut): string[] {
  const tried = planned.filter(({ action }) => action === 'create');
  const lines = tried.flatMap((topic) => resultLine(topic, results.get(topic)));
  return [...lines, counts(planned.map((topic) => wordFor(topic, results.get(topic))))];
}

const PLANNED = {
  create: 'to put back',
  done: 'put back before',
  live: 'live',
  'left-out': 'left out',
} as const;

const RESULTS = { restored: 'put back', done: 'put back before', failed: 'failed', 'not-tried': 'not tried' };

function wordFor({ action }: PlannedTopic, result: Result | undefined): string {
  return result ? RESULTS[result.kind] : PLANNED[action];
}

function placeOf({ groupId, to, deletedAt }: PlannedTopic): string {
  const isSame = to.groupId === groupId;
  if (deletedAt !== undefined && isSame) return groupId;
  return isSame
    ? `${groupId} in the app ${to.sdkAppId}`
    : `${groupId} → ${to.groupId} in the app ${to.sdkAppId}`;
}

function plannedLines(topic: PlannedTopic): string[] {
  const { action, why, newTopicId = '', notCarried } = topic;
  const name = nameOf(topic);
  if (action === 'done') return [`  = ${name}: put back before as ${printable(newTopicId)}`];
  if (action === 'live') return [`  = ${name}: it is live, and is not touched`];
  if (action === 'left-out') return [`  ! ${name}: left out, ${printable(why ?? '')}`];
  const lost = notCarried.map(({ field, value }) => `${printable(field)} ${shown(value)}`);
  return [
    `  + ${name}: ${idWords(topic)}`,
    ...(lost.length > 0 ? [`      does not come with it: ${lost.join(', ')}`] : []),
  ];
}

function idWords({ topicId, newTopicId, idChanges = '' }: PlannedTopic): string {
  if (newTopicId === undefined) return `gets a new id, since its own ${idChanges}`;
  return newTopicId === topicId ? 'keeps its id' : `becomes ${printable(newTopicId)}`;
}

function resultLine(topic: PlannedTopic, result: Result | undefined): string[] {
  const name = nameOf(topic);
  if (result?.kind === 'failed') return [`! ${name}: ${printable(result.message)}`];
  if (result?.kind !== 'restored' && result?.kind !== 'done') return [];
  const as = result.topicId === topic.topicId ? 'under its own id' : `as ${printable(result.topicId)}`;
  return [`${result.kind === 'done' ? '=' : '+'} ${name}: ${RESULTS[result.kind]} ${as}`];
}

function nameOf({ topicName = '', topicId }: PlannedTopic): string {
  return `“${printable(topicName)}” ${printable(topicId)}`;
}

/** Characters of a lost value that are shown. */
const SHOWN = 40;

function shown(value: JsonValue): string {
  const text = printable(stringifyJson(value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function counts(words: readonly string[]): string {
  if (words.length === 0) return 'nothing to put back: no such topic is deleted';
  const byWord = Object.groupBy(words, (word) => word);
  return Object.entries(byWord)
    .map(([word, all = []]) => `${all.length} ${word}`)
    .join(', ');
}
