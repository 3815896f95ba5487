import type { ChatClient } from '../../shared/chat/index.ts';

/** A clock that can wait. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/**
 * The same client, beginning so many get_topic calls a second at most, evenly spaced. What it sends still takes its
 * slots from the budget that all share: this only leaves the rest of them to the others.
 */
export function withinShare(
  chat: Pick<ChatClient, 'getTopics'>,
  callsPerSecond: number,
  { now, sleep }: Clock,
): Pick<ChatClient, 'getTopics'> {
  let next = 0;
  return {
    getTopics: async (request, call) => {
      const at = Math.max(now(), next);
      next = at + 1000 / callsPerSecond;
      if (at > now()) await sleep(at - now());
      return chat.getTopics(request, call);
    },
  };
}
