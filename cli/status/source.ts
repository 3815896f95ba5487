import type { Sight } from './look.ts';

/** Where a run can be looked at, again and again. */
export interface Source {
  /**
   * Hands what there is to see to `look`.
   * @returns undefined when there is nothing to see that was not seen before
   */
  see<T>(look: (sight: Sight) => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}
