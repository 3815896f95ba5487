import { INTERRUPTED } from './earlyInterrupt.ts';
import { explain } from './exit.ts';
import { isListed } from './output/listing.ts';
import { OutputError } from './output/outputError.ts';

/** Runs a command; whatever ends it is one line on stderr and an exit code. */
export async function run(command: () => Promise<unknown>): Promise<void> {
  process.stdout.on('error', (error) => {
    // To end in the middle of a reading would tear the embedded store down under it.
    if (isListed(process.stdout)) return;
    tell(new OutputError(error));
    process.exit();
  });
  try {
    await command();
  } catch (error) {
    tell(error);
    // Whatever an interrupted command has left alone is not waited for.
    if (process.exitCode === INTERRUPTED) process.exit();
  }
}

/** A reader such as head may close the pipe early: that ends the command, it is no error. */
function tell(error: unknown): void {
  if (error instanceof OutputError && error.isReaderGone) return;
  const { line, exitCode } = explain(error);
  console.error(`topic-mirror: ${line}`);
  process.exitCode = exitCode;
}
