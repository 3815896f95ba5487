/**
 * Yields what several sources have, one source after the other. So many of the next ones are already asked for their
 * first record meanwhile: most of a catalog's months may be empty, and each answer takes the way there and back.
 */
export async function* inTurn<T>(sources: Iterable<AsyncGenerator<T>>, ahead: number): AsyncGenerator<T> {
  const begun: Begun<T>[] = [];
  try {
    for (const source of sources) {
      begun.push(begin(source));
      if (begun.length > ahead) yield* told(begun);
    }
    while (begun.length > 0) yield* told(begun);
  } finally {
    await Promise.allSettled(begun.map(({ source }) => source.return(undefined)));
  }
}

/** A source and its first record, which is on its way. */
interface Begun<T> {
  readonly source: AsyncGenerator<T>;
  readonly first: Promise<IteratorResult<T>>;
}

function begin<T>(source: AsyncGenerator<T>): Begun<T> {
  const first = source.next();
  // Noticed here so that a failure which waits for its turn is not unhandled.
  first.catch(() => {});
  return { source, first };
}

/** Tells the first of the sources, which stays among them until its end. */
async function* told<T>(begun: Begun<T>[]): AsyncGenerator<T> {
  const [{ source, first } = { source: undefined, first: undefined }] = begun;
  if (!source) return;
  const { value, done } = await first;
  if (!done) {
    yield value;
    yield* source;
  }
  begun.shift();
}
