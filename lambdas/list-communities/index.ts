import { partsFrom } from '../parts/index.ts';
import { createListCommunitiesHandler } from './handler.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createListCommunitiesHandler(partsFrom(process.env));
