import { keepCompiled } from './compileCache.ts';

keepCompiled();
const [{ createProgram }, { run }] = await Promise.all([import('./program.ts'), import('./run.ts')]);
await run(() => createProgram().parseAsync());
