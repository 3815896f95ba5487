import { partsFrom } from '../parts.ts';
import { createSyncCommunityHandler } from './handler.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createSyncCommunityHandler(partsFrom(process.env));
