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

/** One host, or with a backup two: see {@link withBackup}. @param now milliseconds */
export function createHosts({ endpoint, backup }: Address, now: () => number): Hosts {
  return backup === undefined ? { reach: (post) => post(endpoint) } : withBackup(endpoint, backup, now);
}

/**
 * The backup's turn comes when no connection to the first host can be made, and lasts until one can. A host that answers,
 * whatever it says, stays the one that is called.
 */
function withBackup(first: string, backup: string, now: () => number): Hosts {
  /** Why each host could not be reached the last time; absent once it was. */
  const troubles = new Map<string, string>();
  let current = first;
  let lookAgainAt = 0;

  const pick = (): string => {
    if (current === first || now() < lookAgainAt) return current;
    lookAgainAt = now() + LOOK_AGAIN_MS;
    return first;
  };

  const reached = (host: string): void => {
    troubles.delete(host);
    if (host === first) current = first;
  };

  const failed = (host: string, error: TransportError): TransportError => {
    troubles.set(host, error.reason);
    current = host === first ? backup : first;
    lookAgainAt = now() + LOOK_AGAIN_MS;
    const [ofFirst, ofBackup] = [troubles.get(first), troubles.get(backup)];
    if (ofFirst === undefined || ofBackup === undefined) return error;
    return new TransportError(error, `${ofFirst}; the backup: ${ofBackup}`, { unreachable: true });
  };

  return {
    reach: async (post) => {
      const host = pick();
      try {
        const answer = await post(host);
        reached(host);
        return answer;
      } catch (error) {
        throw error instanceof TransportError && error.unreachable ? failed(host, error) : error;
      }
    },
  };
}
