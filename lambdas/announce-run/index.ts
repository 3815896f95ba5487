import { createAnnounceRunHandler } from './handler.ts';
import { announcePartsFrom } from './parts.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createAnnounceRunHandler(announcePartsFrom(process.env));
