import { topicsWanting } from '../../shared/catalog/attention.ts';
import { changesOn, dayOf } from '../../shared/catalog/changes.ts';
import type { Run } from '../../shared/catalog/run.ts';
import type { Store } from '../../shared/catalog/store.ts';
import type { Change } from '../../shared/sync/snapshot.ts';
import { printable } from '../output/printable.ts';

/** Lines of each kind of change that are shown; the rest is counted. */
const SHOWN = 5;

/** What a run changed, by kind, as lines for a person. */
export async function changeLines(store: Store, sdkAppId: number, run: Run): Promise<string[]> {
  const byKind = new Map<string, string[]>();
  const add = (kind: string, line: string) => byKind.set(kind, [...(byKind.get(kind) ?? []), line]);
  for (const day of daysOf(run)) {
    for await (const change of changesOn(store, sdkAppId, day, { runId: run.runId })) {
      add(change.kind, `${nameOf(change.topicId, change.after?.topicName)}${fieldsOf(change)}`);
    }
  }
  for await (const topic of topicsWanting(store, sdkAppId, 'topic-missing', run.startedAt)) {
    add('missing', nameOf(topic.topicId, topic.details.topicName));
  }
  return [...byKind].flatMap(([kind, lines]) => [
    `  ${kind} (${lines.length})`,
    ...lines.slice(0, SHOWN).map((line) => `    ${line}`),
    ...(lines.length > SHOWN ? [`    … and ${lines.length - SHOWN} more`] : []),
  ]);
}

/** The days, UTC, that a run touched. */
function daysOf({ startedAt, closedAt = startedAt }: Run): string[] {
  return [...new Set([dayOf(startedAt), dayOf(closedAt)])];
}

function nameOf(topicId: string, name: string | undefined): string {
  return name === undefined ? printable(topicId) : `${printable(topicId)} “${printable(name)}”`;
}

/** Which fields an update changed, with short values side by side. */
function fieldsOf({ kind, before = {}, after = {} }: Change): string {
  if (kind !== 'updated') return '';
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return `: ${names.map((name) => fieldLine(name, before, after)).join(', ')}`;
}

function fieldLine(name: string, before: object, after: object): string {
  const [was, is] = [before, after].map((side) => (side as Record<string, unknown>)[name]);
  return typeof was === 'number' && typeof is === 'number' ? `${name} ${was} → ${is}` : name;
}
