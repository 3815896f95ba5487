import { Draw } from './random.ts';

/** Draws times between arrival and answer in ms: lognormal, the same sequence for the same seed. */
export function createLatency(
  latency: { medianMs: number; sigma: number } | undefined,
  seed: number,
): () => number {
  if (!latency) return () => 0;
  const draw = new Draw(seed, 0x66);
  return () => latency.medianMs * Math.exp(latency.sigma * draw.normal());
}
