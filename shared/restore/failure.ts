import { ApiError, type ChatError, NoTurnError } from '../chat/errors.ts';
import type { Outcome } from './parts.ts';
import { isOwnAffair, sentenceOf } from './sentences.ts';

/** Whether a call that was not carried out is worth another attempt: what is one topic's affair is not. */
export function mayPass(error: ChatError): boolean {
  if (error instanceof ApiError && isOwnAffair(error.code)) return false;
  return error.treatment === 'retry' || error.treatment === 'slow-down';
}

/** What a failed call means for this topic, and for the others. */
export function failed(error: ChatError): Outcome & { kind: 'failed' } {
  const code = error instanceof ApiError ? error.code : undefined;
  const halts = error.treatment === 'fatal' && !(code !== undefined && isOwnAffair(code));
  const lost = code === undefined && !(error instanceof NoTurnError);
  return { kind: 'failed', ...sentenceOf(error), ...(halts && { halts }), ...(lost && { lost }) };
}
