import { basePartsFrom } from '../parts/base.ts';
import { chatPartsFrom } from '../parts/chat.ts';
import { createSyncCommunityHandler } from './handler.ts';

const base = basePartsFrom(process.env);

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createSyncCommunityHandler({ ...base, ...chatPartsFrom(process.env, base) });
