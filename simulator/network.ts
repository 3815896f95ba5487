import { Draw } from './random.ts';

/** How long the calls that are held up on their way are held up, in ms: anything between, equally likely. */
const SHORTEST_STALL_MS = 50;
const LONGEST_STALL_MS = 600;

/** The way from the caller to the API. */
export interface NetworkOptions {
  /** Median of the time on the way, in ms. */
  medianMs: number;
  /** Of the lognormal distribution of that time. */
  sigma: number;
  /** Share of the calls that are held up for 50 to 600 ms beside that. */
  stalls: number;
}

/** Draws how long calls are on their way, in ms: the same sequence for the same seed. */
export function createNetwork(network: NetworkOptions | undefined, seed: number): () => number {
  if (!network) return () => 0;
  const { medianMs, sigma, stalls } = network;
  const ways = new Draw(seed, 0x77);
  const accidents = new Draw(seed, 0x73);
  return () => {
    const way = medianMs * Math.exp(sigma * ways.normal());
    const stall = SHORTEST_STALL_MS + (LONGEST_STALL_MS - SHORTEST_STALL_MS) * accidents.fraction();
    return accidents.chance(stalls) ? way + stall : way;
  };
}
