import type { RunClosedEvent } from '../../shared/events.ts';
import { printable } from '../../shared/printable.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { listDeletedCommand, restoreCommand, type Target } from './commands.ts';
import type { Deletions } from './deletions.ts';
import { bytesOf, counted, shown } from './text.ts';

/** Deletions that a message names; the others are a command away. */
export const NAMED_DELETIONS = 50;

/** Characters of a topic's name that a message shows. */
const SHOWN_NAME = 100;

/** What the last lines take at most. */
const CLOSING_BYTES = 2_000;

/**
 * Names each deleted topic with the command that puts it back, as many as there is room for.
 * @param room bytes that the lines may take
 */
export function deletionLines(
  { summary }: RunClosedEvent,
  { topics, found }: Deletions,
  target: Target,
  room: number,
): string[] {
  const total = Math.max(summary.topics.deleted, found);
  if (total === 0) return ['', 'No topic was deleted.'];
  const heading = `${counted(total, 'topic was', 'topics were')} deleted. To put one back, run its command:`;
  const blocks = fitting(
    topics.map((topic) => topicLines(topic, target)),
    room - bytesOf([heading]) - CLOSING_BYTES,
  );
  return ['', heading, ...blocks.flat(), ...othersLines({ total, found, named: blocks.length }, target)];
}

/** The first blocks of lines that together take no more than the room. */
function fitting(blocks: readonly string[][], room: number): string[][] {
  let left = room;
  const tooLong = blocks.findIndex((block) => {
    left -= bytesOf(block);
    return left < 0;
  });
  return tooLong < 0 ? [...blocks] : blocks.slice(0, tooLong);
}

function topicLines(
  { groupId, topicId, profile, deletedAt, observedAt }: Snapshot,
  target: Target,
): string[] {
  const { topicName } = profile;
  const name = topicName === undefined ? 'a topic without a name' : `“${shown(topicName, SHOWN_NAME)}”`;
  return [
    '',
    `${name} (${printable(topicId)})`,
    `  in ${printable(groupId)}, observed ${deletedAt ?? observedAt}`,
    `  ${restoreCommand(target, groupId, topicId)}`,
  ];
}

function othersLines(
  { total, found, named }: { readonly total: number; readonly found: number; readonly named: number },
  target: Target,
): string[] {
  if (named === total) return [];
  const late = total - found;
  return [
    '',
    `and ${total - named} more: ${listDeletedCommand(target)}`,
    ...(late > 0
      ? [`(${counted(late, 'of them was', 'of them were')} not yet to be read in the index)`]
      : []),
  ];
}
