import { Draw } from './random.ts';

const BITS_64 = (1n << 64n) - 1n;

/**
 * Cursors of get_appid_group_list: places in the group list, disguised as 64-bit unsigned integers.
 * All but about one in 2000 are above 2^53, so that a client that reads them as doubles is found out.
 * That `Next` is 64-bit unsigned: https://cloud.tencent.com/document/api/269/1614.
 */
export interface CursorCodec {
  /** @param place a positive integer; never gives 0, which means "all groups have been listed". */
  encode(place: number): bigint;
  /** The place, which may be far outside the list when the cursor was not given out. */
  decode(cursor: bigint): bigint;
}

export function createCursorCodec(seed: number): CursorCodec {
  const draw = new Draw(seed, 0xc0de);
  const [first, second] = [oddFactor(draw), oddFactor(draw)];
  const [undoFirst, undoSecond] = [inverseOf(first), inverseOf(second)];
  return {
    encode: (place) => multiply(fold(multiply(BigInt(place), first)), second),
    decode: (cursor) => multiply(fold(multiply(cursor, undoSecond)), undoFirst),
  };
}

function oddFactor(draw: Draw): bigint {
  return (BigInt(draw.int(0, 0xffffffff)) << 32n) | BigInt(draw.int(0, 0xffffffff)) | 1n;
}

function multiply(left: bigint, right: bigint): bigint {
  return (left * right) & BITS_64;
}

/** Its own inverse. */
function fold(value: bigint): bigint {
  return value ^ (value >> 32n);
}

/** The inverse of an odd factor modulo 2^64 (Newton: every step doubles the number of right bits). */
function inverseOf(factor: bigint): bigint {
  let inverse = factor;
  for (let rightBits = 3; rightBits < 64; rightBits *= 2) {
    inverse = multiply(inverse, 2n - multiply(factor, inverse));
  }
  return inverse & BITS_64;
}
