import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB's API writes it. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Bytes of a list or map itself; each of its elements takes one more. */
const NESTING = 3;

/**
 * An item's size in bytes as DynamoDB bills it; of numbers the source gives an approximation. The catalog has no sets
 * (docs.aws.amazon.com, "DynamoDB item sizes and formats").
 */
export function itemSize(attributes: Attributes): number {
  let size = 0;
  for (const [name, value] of Object.entries(attributes)) size += bytes(name) + valueSize(value);
  return size;
}

function valueSize({ S, N, B, L, M }: AttributeValue): number {
  if (S !== undefined) return bytes(S);
  if (N !== undefined) return numberSize(N);
  if (B !== undefined) return B.length;
  if (L !== undefined) return L.reduce((size, element) => size + valueSize(element) + 1, NESTING);
  if (M !== undefined) return itemSize(M) + Object.keys(M).length + NESTING;
  // A boolean or null.
  return 1;
}

/** Two significant digits a byte, and a byte; a sign takes one more. Zeros at both ends are not stored. */
function numberSize(text: string): number {
  const [mantissa = ''] = text.toLowerCase().split('e');
  const digits = mantissa.replace(/\D/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
