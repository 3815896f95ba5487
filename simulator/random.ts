import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Draws that depend on the keys alone: the same keys give the same values, in every process. */
export class Draw {
  readonly #generator: { next(): number };

  constructor(...keys: number[]) {
    this.#generator = xoroshiro128plusFromState(stateFrom(keys));
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return (this.#generator.next() >>> 0) / 2 ** 32;
  }

  /** Uniform among the integers from … to, both included; the range is at most 2^32 wide. */
  int(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.int(0, choices.length - 1)] as T;
  }

  /** Normal with mean 0 and standard deviation 1 (Box–Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()));
    return radius * Math.cos(2 * Math.PI * this.fraction());
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }
}

/** A bijection on 32-bit unsigned integers (the finaliser of MurmurHash3, keyed). */
export function scramble(value: number, key: number): number {
  let bits = (value ^ Math.imul(key, 0x9e3779b1)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function stateFrom(keys: number[]): number[] {
  return [1, 2, 3, 4].map((word) => keys.reduce((hash, key) => scramble(hash ^ (key | 0), word), word));
}
