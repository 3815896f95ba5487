/** Nothing is imported here: until this has run, Ctrl-C ends the process without a word. */

/** What a shell expects of a command that SIGINT ended. */
export const INTERRUPTED = 130;

function end(): void {
  console.error('topic-mirror: interrupted; nothing was begun');
  process.exit(INTERRUPTED);
}

/** Has Ctrl-C and SIGTERM end the process with a line, while all that a command needs is loaded. */
export function interruptEarly(): void {
  process.on('SIGINT', end).on('SIGTERM', end);
}

/** Leaves both to the command, which listens already. */
export function interruptLater(): void {
  process.off('SIGINT', end).off('SIGTERM', end);
}
