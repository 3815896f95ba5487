import { readGuard } from '../../shared/config.ts';
import { basePartsFrom } from '../parts/base.ts';
import { queuePartsFrom } from '../parts/queues.ts';
import { createCloseRunHandler } from './handler.ts';

const base = basePartsFrom(process.env);

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createCloseRunHandler({
  ...base,
  ...queuePartsFrom(process.env),
  limits: readGuard(process.env),
});
