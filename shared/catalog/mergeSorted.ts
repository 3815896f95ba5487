/**
 * Merges sources that are each in the order of a sort key into one order that is the same every time: the sort key,
 * then `compare`. Holds the records of one sort key of each source: an index leaves open how they stand among
 * themselves.
 * @param sortKey text that sorts as the sources do
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncGenerator<T>[],
  sortKey: (record: T) => string,
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const groups = sources.map((source) => grouped(source, sortKey));
  try {
    let heads = await Promise.all(groups.map(advance<T>));
    for (;;) {
      heads = heads.filter(({ records }) => records.length > 0);
      const first = lowest(heads.map(({ key }) => key));
      if (first === undefined) return;
      const [here, later] = [
        heads.filter(({ key }) => key === first),
        heads.filter(({ key }) => key !== first),
      ];
      yield* here.flatMap(({ records }) => records).sort(compare);
      heads = [...later, ...(await Promise.all(here.map(({ of }) => advance(of))))];
    }
  } finally {
    await Promise.all(groups.map((source) => source.return(undefined)));
  }
}

/** Records of one sort key. */
interface Group<T> {
  readonly key: string;
  readonly records: readonly T[];
}

/** What a source has next; no records at its end. */
interface Head<T> extends Group<T> {
  readonly of: AsyncGenerator<Group<T>>;
}

async function advance<T>(of: AsyncGenerator<Group<T>>): Promise<Head<T>> {
  const { value, done } = await of.next();
  return done ? { of, key: '', records: [] } : { of, ...value };
}

async function* grouped<T>(
  source: AsyncIterable<T>,
  sortKey: (record: T) => string,
): AsyncGenerator<Group<T>> {
  let key = '';
  let records: T[] = [];
  for await (const record of source) {
    const own = sortKey(record);
    if (records.length > 0 && own !== key) {
      yield { key, records };
      records = [];
    }
    key = own;
    records.push(record);
  }
  if (records.length > 0) yield { key, records };
}

function lowest(keys: readonly string[]): string | undefined {
  return keys.reduce<string | undefined>(
    (low, key) => (low === undefined || key < low ? key : low),
    undefined,
  );
}
