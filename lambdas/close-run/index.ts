import { partsFrom } from '../parts.ts';
import { createCloseRunHandler } from './handler.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createCloseRunHandler(partsFrom(process.env));
