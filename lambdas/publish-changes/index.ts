import { createPublishChangesHandler } from './handler.ts';
import { busFrom } from './parts.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createPublishChangesHandler(busFrom(process.env));
