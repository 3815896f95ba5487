import { TransportError } from './errors.ts';
import type { Address } from './regions.ts';

/** Picks the host that an attempt goes to. */
export interface Hosts {
  /**
   * Gives `post` the base URL whose turn it is, and remembers whether it could be reached.
   * @throws what `post` throws; when neither host can be reached, a TransportError that says so of both
   */
  reach<T>(post: (baseUrl: string) => Promise<T>): Promise<T>;
}

/** How long calls keep to the backup before one of them tries the first host again: the wait costs that one seconds. */
const LOOK_AGAIN_MS = 60_000;

/**
 * The first host, and its backup from when no connection to the first can be made until one can. A host that answers,
 * whatever it says, stays the one that is called.
 */
export function createHosts({ endpoint, backup }: Address, now: () => number): Hosts {
  /** Why each host could not be reached the last time; absent once it was. */
  const troubles = new Map<string, string>();
  let current = endpoint;
  let lookAgainAt = 0;

  const pick = (): string => {
    if (current === endpoint || now() < lookAgainAt) return current;
    lookAgainAt = now() + LOOK_AGAIN_MS;
    return endpoint;
  };

  const reached = (host: string) => {
    troubles.delete(host);
    if (host === endpoint) current = endpoint;
  };

  const failed = (host: string, error: TransportError, other: string): TransportError => {
    troubles.set(host, error.reason);
    current = other;
    if (other !== endpoint) lookAgainAt = now() + LOOK_AGAIN_MS;
    const first = troubles.get(endpoint);
    const second = troubles.get(other === endpoint ? host : other);
    if (first === undefined || second === undefined) return error;
    return new TransportError(error, `${first}; the backup: ${second}`, { unreachable: true });
  };

  return {
    reach: async (post) => {
      const host = pick();
      try {
        const answer = await post(host);
        reached(host);
        return answer;
      } catch (error) {
        if (backup === undefined || !(error instanceof TransportError && error.unreachable)) throw error;
        throw failed(host, error, host === endpoint ? backup : endpoint);
      }
    },
  };
}
