import { topicsWanting } from '../../shared/catalog/attention.ts';
import { changesOn, dayOf } from '../../shared/catalog/changes.ts';
import type { Run } from '../../shared/catalog/run.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { readSnapshot } from '../../shared/catalog/topics.ts';
import type { Change } from '../../shared/sync/snapshot.ts';
import { printable } from '../output/printable.ts';

/** Lines of each kind of change that are shown; the rest is counted. */
const SHOWN = 5;

/** A topic that a run changed, and how. */
interface Changed {
  readonly groupId: string;
  readonly topicId: string;
  readonly how: string;
}

/** What a run changed, by kind, as lines for a person. */
export async function changeLines(store: Store, sdkAppId: number, run: Run): Promise<string[]> {
  const byKind = new Map<string, Changed[]>();
  const add = (kind: string, changed: Changed) => byKind.set(kind, [...(byKind.get(kind) ?? []), changed]);
  for (const day of daysOf(run)) {
    for await (const change of changesOn(store, sdkAppId, day, { runId: run.runId })) {
      const { kind, groupId, topicId } = change;
      add(kind, { groupId, topicId, how: fieldsOf(change) });
    }
  }
  for await (const { groupId, topicId } of topicsWanting(store, sdkAppId, 'topic-missing', run.startedAt)) {
    add('missing', { groupId, topicId, how: '' });
  }
  const sections = [...byKind].map(([kind, changed]) => section(store, sdkAppId, kind, changed));
  return (await Promise.all(sections)).flat();
}

async function section(
  store: Store,
  sdkAppId: number,
  kind: string,
  changed: readonly Changed[],
): Promise<string[]> {
  const shown = changed.slice(0, SHOWN).map(async ({ groupId, topicId, how }) => {
    const name = (await readSnapshot(store, sdkAppId, groupId, topicId))?.details.topicName;
    return `    ${nameOf(topicId, name)}${how}`;
  });
  const rest = changed.length > SHOWN ? [`    … and ${changed.length - SHOWN} more`] : [];
  return [`  ${kind} (${changed.length})`, ...(await Promise.all(shown)), ...rest];
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
