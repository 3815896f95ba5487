import type { Attributes } from './itemSize.ts';

/** Most writes of one request (docs.aws.amazon.com, API_BatchWriteItem; "Running batch operations with PartiQL"). */
export const BATCH_SIZE = 25;

/** Tells a batch's items apart. */
export function keyText({ pk, sk }: Attributes): string {
  return JSON.stringify([pk?.S, sk?.S]);
}
