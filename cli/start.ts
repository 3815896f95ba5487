import { keepCompiled } from './compileCache.ts';
import { interruptEarly } from './earlyInterrupt.ts';

/** `npm start`. */
interruptEarly();
keepCompiled();
const { begin } = await import('./begin.ts');
await begin(process.env);
