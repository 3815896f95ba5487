/**
 * Maps a sequence with up to `ahead` mappings under way, and yields the results in the sequence's order.
 * A failed mapping is thrown where its result would have stood. Whoever takes no more is kept until the mappings under way
 * have ended: what they use may be closed then.
 */
export async function* readAhead<T, R>(
  source: AsyncIterable<T>,
  map: (value: T) => Promise<R>,
  ahead: number,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const value of source) {
      const mapped = map(value);
      // Noticed here so that a rejection which waits for its turn is not unhandled.
      mapped.catch(() => {});
      underWay.push(mapped);
      if (underWay.length >= ahead) yield (await underWay.shift()) as R;
    }
    for (const mapped of underWay) yield await mapped;
  } finally {
    await Promise.allSettled(underWay);
  }
}
