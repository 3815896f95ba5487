import { AbstractKeyIterator, AbstractValueIterator } from 'abstract-level';

/**
 * dynalite 4 ends its reads by calling `return` on the database's iterators, a name that they do not have: each
 * query then leaves an iterator open, with its snapshot of the database and some 40 kB, until the process ends.
 * Here they get that name.
 */
export function letDynaliteCloseIterators(): void {
  for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
    Object.assign(prototype, {
      return(this: { close(): Promise<void> }): Promise<void> {
        return this.close();
      },
    });
  }
}
