import { topicsWanting } from '../../shared/catalog/attention.ts';
import { changesOn, dayOf } from '../../shared/catalog/changes.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { readProfile } from '../../shared/catalog/topics.ts';
import type { Change } from '../../shared/sync/snapshot.ts';
import type { Mirror } from '../mirror.ts';
import { namedActiveTopics } from '../namedActiveTopics.ts';
import { counted } from '../output/counted.ts';
import { printable } from '../output/printable.ts';

/** Lines of each kind of change that are shown, and topics with messages; the rest is counted. */
const SHOWN = 5;

/** A topic that a run changed, and how. */
interface Changed {
  readonly groupId: string;
  readonly topicId: string;
  readonly how: string;
}

/** What a run found, as lines for a person: what it met for the first time, what people changed, by kind, and what was said. */
export async function foundLines(mirror: Mirror, run: Run): Promise<string[]> {
  return [...baselineLines(run), ...(await changeLines(mirror, run)), ...(await messageLines(mirror, run))];
}

function baselineLines({ summary }: Run): string[] {
  const { baseline = 0 } = summary?.topics ?? {};
  if (baseline === 0) return [];
  return [
    `  baseline: ${counted(baseline, 'topic')} of communities that are new to the mirror; what changes is told from now on`,
  ];
}

async function changeLines(mirror: Mirror, run: Run): Promise<string[]> {
  const { store, sdkAppId } = mirror;
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
  const sections = [...byKind].map(([kind, changed]) => section(mirror, kind, changed));
  return (await Promise.all(sections)).flat();
}

async function section(
  { store, sdkAppId }: Mirror,
  kind: string,
  changed: readonly Changed[],
): Promise<string[]> {
  const shown = changed.slice(0, SHOWN).map(async ({ groupId, topicId, how }) => {
    const name = (await readProfile(store, sdkAppId, groupId, topicId))?.profile.topicName;
    return `    ${nameOf(topicId, name)}${how}`;
  });
  return [`  ${kind} (${changed.length})`, ...(await Promise.all(shown)), ...restOf(changed.length)];
}

/** Messages are no changes: they are counted for themselves. */
async function messageLines(mirror: Mirror, { runId, summary }: Run): Promise<string[]> {
  const { topics = 0 } = summary?.messages ?? {};
  if (topics === 0) return [];
  const busiest = await Array.fromAsync(namedActiveTopics(mirror, { runId }, SHOWN));
  const lines = busiest.map(({ topicId, topicName, newMessages }) => {
    return `    ${nameOf(topicId, topicName)}: ${newMessages} new`;
  });
  return [`  messages in ${counted(topics, 'topic')}, the busiest:`, ...lines, ...restOf(topics)];
}

function restOf(count: number): string[] {
  return count > SHOWN ? [`    … and ${count - SHOWN} more`] : [];
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
