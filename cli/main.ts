import { run } from './run.ts';
import { createProgram } from './program.ts';

await run(() => createProgram().parseAsync());
