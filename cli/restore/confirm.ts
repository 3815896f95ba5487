import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Asks on a terminal; anything but y or yes is no, the end of the input too. */
export async function confirm(
  question: string,
  input: Readable = process.stdin,
  output: Writable = process.stderr,
): Promise<boolean> {
  const asked = createInterface({ input, output, prompt: `${question} [y/N] ` });
  asked.prompt();
  try {
    for await (const answer of asked) return /^y(es)?$/i.test(answer.trim());
    // Ctrl-C or Ctrl-D: what follows begins on a line of its own.
    output.write('\n');
    return false;
  } finally {
    // An iteration that is left does not close it: the terminal would go on being read, and the command never end.
    asked.close();
  }
}

/** Whether there is somebody to ask. */
export function isOnTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
