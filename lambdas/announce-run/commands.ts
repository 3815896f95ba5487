import { printable } from '../../shared/printable.ts';

/** Where a command is to work: the deployment and one of its apps. */
export interface Target {
  readonly stack: string;
  readonly sdkAppId: number;
}

/** The command that puts a topic back. */
export function restoreCommand(target: Target, groupId: string, topicId: string): string {
  return command(target, ['restore'], ['--group', groupId, '--topic', topicId]);
}

/** The command that lists every tombstone. */
export function listDeletedCommand(target: Target): string {
  return command(target, ['topics'], ['--status', 'deleted']);
}

/** The command that shows what the guard keeps back. */
export function showHeldCommand(target: Target): string {
  return command(target, ['deletions'], []);
}

/** The command that releases what the guard keeps back of a run. */
export function approveCommand(target: Target, runId: string): string {
  return command(target, ['deletions', '--approve', runId], []);
}

/** The app is named too: a deployment may mirror several. */
function command({ stack, sdkAppId }: Target, what: readonly string[], which: readonly string[]): string {
  const words = [...what, '--stack', stack, ...which, '--app', String(sdkAppId)];
  return `npm run -s mirror -- ${words.map(shellWord).join(' ')}`;
}

/**
 * A word as a POSIX shell reads it back, in quotes where a character of it means something to a shell. Ids are
 * printable ASCII; of any other text the control characters are shown, not passed on.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text;
  return printable(`'${text.replaceAll("'", `'\\''`)}'`);
}
