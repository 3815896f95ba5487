import { LocalTroubleError, localTroubleIn } from '../local/localTrouble.ts';
import { UnreachableError } from '../local/servers.ts';
import { ChatError } from '../shared/chat/index.ts';
import { ConfigError } from '../shared/config.ts';
import { printable } from './output/printable.ts';

/** What a command's end means to the shell that ran it. */
export const EXIT = {
  done: 0,
  /** Bad usage or configuration; nothing was written. */
  usage: 1,
  /** The run ended but is not COMPLETE. */
  incomplete: 2,
  /** The mirror or the API could not be reached. */
  unreachable: 3,
} as const;

/** Ends a command with a message and a code of its own. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The one line that a user reads, and the exit code, for whatever ended a command. */
export function explain(thrown: unknown): { line: string; exitCode: number } {
  const error = localTroubleIn(thrown) ?? thrown;
  const { message } = error instanceof Error ? error : new Error(String(error));
  return { line: printable(message.replaceAll(/\s*\n\s*/g, ' ')), exitCode: exitCodeOf(error) };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof ConfigError) return EXIT.usage;
  if (error instanceof UnreachableError || error instanceof LocalTroubleError) return EXIT.unreachable;
  if (error instanceof ChatError) return error.treatment === 'fatal' ? EXIT.usage : EXIT.unreachable;
  return EXIT.usage;
}
