import type { Change } from '../../sync/snapshot.ts';

/** Number of a topic's first message: `nextMsgSeq` of a topic without one. */
const FIRST_MESSAGE = 1;

/**
 * Messages that a change shows: how far `nextMsgSeq` went on. Of a topic that is created it is all that it had when it
 * was first seen. 0 where it cannot be told, because the API did not send the field, or it went back.
 */
export function newMessagesOf({ kind, before, after }: Change): number {
  const [was, is] = [kind === 'created' ? FIRST_MESSAGE : before?.nextMsgSeq, after?.nextMsgSeq];
  return was === undefined || is === undefined ? 0 : Math.max(0, is - was);
}
