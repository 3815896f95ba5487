import type { Change } from '../../sync/snapshot.ts';

/**
 * Merges sources that are each in the order of time into one order that is the same every time: observedAt, then
 * groupId, then topicId. Holds one instant's changes of each source: an index leaves open how they stand among
 * themselves, and all topics of one answer have its time.
 */
export async function* mergeChanges(sources: readonly AsyncGenerator<Change>[]): AsyncGenerator<Change> {
  const instants = sources.map(byInstant);
  try {
    let heads = await Promise.all(instants.map(advance));
    for (;;) {
      const first = heads.reduce<string | undefined>(earlier, undefined);
      if (first === undefined) return;
      const isFirst = heads.map(({ changes }) => changes[0]?.observedAt === first);
      yield* heads.flatMap(({ changes }, nth) => (isFirst[nth] ? changes : [])).sort(byTopic);
      heads = await Promise.all(heads.map((head, nth) => (isFirst[nth] ? advance(head.of) : head)));
    }
  } finally {
    await Promise.all(instants.map((source) => source.return(undefined)));
  }
}

/** What a source has next: the changes of one instant, none at its end. */
interface Head {
  readonly of: AsyncGenerator<Change[]>;
  readonly changes: readonly Change[];
}

async function advance(of: AsyncGenerator<Change[]>): Promise<Head> {
  const { value, done } = await of.next();
  return { of, changes: done ? [] : value };
}

async function* byInstant(source: AsyncIterable<Change>): AsyncGenerator<Change[]> {
  let changes: Change[] = [];
  for await (const change of source) {
    if (changes[0] && changes[0].observedAt !== change.observedAt) {
      yield changes;
      changes = [];
    }
    changes.push(change);
  }
  if (changes.length > 0) yield changes;
}

function earlier(found: string | undefined, { changes: [head] }: Head): string | undefined {
  if (!head || (found !== undefined && found <= head.observedAt)) return found;
  return head.observedAt;
}

function byTopic(a: Change, b: Change): number {
  if (a.groupId !== b.groupId) return a.groupId < b.groupId ? -1 : 1;
  if (a.topicId === b.topicId) return 0;
  return a.topicId < b.topicId ? -1 : 1;
}
