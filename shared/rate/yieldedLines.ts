/**
 * What a person is told of a run whose calls were refused.
 * @param rateLimited answers that calls come too fast @returns no line when there was none
 */
export function yieldedLines(rateLimited: number): string[] {
  if (rateLimited === 0) return [];
  const calls = rateLimited === 1 ? '1 call was' : `${rateLimited} calls were`;
  return [
    `${calls} refused although the budget was kept: somebody else calls the API, too, and the mirror made room`,
  ];
}
