import { explain } from './exit.ts';

/** Runs a command; whatever ends it is one line on stderr and an exit code. */
export async function run(command: () => Promise<unknown>): Promise<void> {
  // A reader such as head may close the pipe early: that ends the command, it is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await command();
  } catch (error) {
    const { line, exitCode } = explain(error);
    console.error(`topic-mirror: ${line}`);
    process.exitCode = exitCode;
  }
}
