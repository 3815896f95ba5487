import { isCounterName } from '../config.ts';
import { canonical } from './canonical.ts';
import type { Snapshot, TopicDetails } from './snapshot.ts';

/** Topics of a community in which a run saw a field of `extra` change, and no field that is known, by the field's name. */
export type Noisy = Readonly<Record<string, number>>;

/** A field of `extra` that may be a counter. */
export interface NoisyField {
  readonly field: string;
  /** Topics in which it changed, and no field that is known. */
  readonly topics: number;
}

/** Names that a stamp has room for, and the bytes of all of them. */
const MOST_NAMES = 3;
const MOST_BYTES = 40;

/** What a run saw of such fields in a community; undefined when there is none. */
export function noisyIn(snapshots: readonly Snapshot[], runId: string): Noisy | undefined {
  const counts = new Map<string, number>();
  for (const { lastChange } of snapshots) {
    if (lastChange.runId !== runId || lastChange.runKind !== 'updated') continue;
    for (const name of movedAlone(lastChange)) add(counts, name, 1);
  }
  let room = MOST_BYTES;
  const kept = byCount(counts).filter(([name]) => {
    if (name.length > room) return false;
    room -= name.length;
    return true;
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept.slice(0, MOST_NAMES));
}

/**
 * Fields of `extra` that changed while no known field did. One that was not there before is new in the API, which is no
 * sign of a counter yet; one that cannot be named in the setting is none that could be told of.
 */
function movedAlone({ before = {}, after = {} }: Pick<Snapshot['lastChange'], 'before' | 'after'>): string[] {
  const isKnown = (name: string) => name !== 'extra';
  if ([...Object.keys(before), ...Object.keys(after)].some(isKnown)) return [];
  const { extra: was = {} } = before;
  const { extra: is = {} } = after;
  return Object.keys(is).filter(
    (name) => isCounterName(name) && Object.hasOwn(was, name) && differs(was, is, name),
  );
}

type Extra = NonNullable<TopicDetails['extra']>;

function differs(was: Extra, is: Extra, name: string): boolean {
  return canonical({ value: was[name] ?? null }) !== canonical({ value: is[name] ?? null });
}

/** Updated topics below which nothing is said: a few edits of a few topics look alike. */
const FEWEST_TOPICS = 20;

/** Adds up what the communities' stamps say. */
export function createNoise() {
  const counts = new Map<string, number>();
  return {
    add: (noisy: Noisy = {}) => {
      for (const [name, topics] of Object.entries(noisy)) add(counts, name, topics);
    },
    /** Fields that changed so in most of a run's updated topics, as its summary has them. */
    summary: (updated: number): { readonly noisyFields?: readonly NoisyField[] } => {
      const most = byCount(counts).filter(([, topics]) => topics >= FEWEST_TOPICS && topics * 2 > updated);
      return most.length === 0 ? {} : { noisyFields: most.map(([field, topics]) => ({ field, topics })) };
    },
  };
}

/** What a person is told of such a field. @param setting where it can be said that it is a counter */
export function noisyLine({ field, topics }: NoisyField, setting: string): string {
  const count = topics.toLocaleString('en-US');
  return `extra.${field} changed in ${count} topics without a change of any known field; if it is a counter, add it to ${setting}`;
}

function add(counts: Map<string, number>, name: string, topics: number): void {
  counts.set(name, (counts.get(name) ?? 0) + topics);
}

/** The most frequent first; names decide between equals, so that a repeat says the same. */
function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
}
