import { keepCompiled } from './compileCache.ts';

/** `npm start`. */
keepCompiled();
const { begin } = await import('./begin.ts');
await begin(process.env);
