/** Most times within any `lengthMs`, its end not included: what an API that counts strictly would see. */
export function rollingPeak(times: readonly number[], lengthMs: number): number {
  const ordered = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of ordered.entries()) {
    while ((ordered[first] as number) <= time - lengthMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
