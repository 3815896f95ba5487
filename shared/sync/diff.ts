import { canonical } from './canonical.ts';
import type { TopicDetails } from './snapshot.ts';

/** The changed fields of a topic, as they were and as they are. */
export interface Difference {
  readonly before: TopicDetails;
  readonly after: TopicDetails;
}

/** Compares field by field. @returns undefined when nothing differs */
export function diff(before: TopicDetails, after: TopicDetails): Difference | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof TopicDetails)[]);
  const changed = [...names].filter((name) => !same(before[name], after[name]));
  if (changed.length === 0) return undefined;
  return { before: pick(before, changed), after: pick(after, changed) };
}

function same(a: TopicDetails[keyof TopicDetails], b: TopicDetails[keyof TopicDetails]): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b);
}

function pick(details: TopicDetails, names: readonly (keyof TopicDetails)[]): TopicDetails {
  return Object.fromEntries(
    names.filter((name) => details[name] !== undefined).map((name) => [name, details[name]]),
  );
}
