import type { Context, SQSEvent } from 'aws-lambda';
import { basePartsFrom } from '../parts/base.ts';
import { chatPartsFrom } from '../parts/chat.ts';
import { createSyncCommunityHandler } from './handler.ts';
import { createPickHandler, isPick, type PickEvent } from './pickHandler.ts';

const base = basePartsFrom(process.env);
const parts = { ...base, ...chatPartsFrom(process.env, base) };
const syncBatch = createSyncCommunityHandler(parts);
const syncPicked = createPickHandler(parts);

/** The function's entry: wires the handlers once, when the environment starts. */
export const handler = (event: SQSEvent | PickEvent, context: Context) =>
  isPick(event) ? syncPicked(event, context) : syncBatch(event, context);
