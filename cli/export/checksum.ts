import { hash } from 'node:crypto';
import type { Row } from './rows.ts';

const MODULUS = 1n << 256n;

/**
 * Adds rows to a table's checksum: the sum, modulo 2^256, of the SHA-256 of each row's canonical JSON. It is the same
 * whatever the order of the rows, the format and the division into files; a row that is there twice counts twice. It tells
 * equal tables from different ones and is no signature.
 * @param checksum 64 hexadecimal digits @returns the same of all rows together
 */
export function addRows(checksum: string, rows: readonly Row[]): string {
  let sum = BigInt(`0x${checksum}`);
  for (const { text } of rows) sum += BigInt(`0x${hash('sha256', text, 'hex')}`);
  return (sum % MODULUS).toString(16).padStart(64, '0');
}

/** The checksum of a table without rows. */
export const NO_ROWS = '0'.repeat(64);
