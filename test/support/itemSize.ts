import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../shared/catalog/store.ts';

/** An item's size as DynamoDB bills it (docs.aws.amazon.com, "DynamoDB item sizes and formats"). */
export function itemSize(item: Item): number {
  return sizeOfMap(marshall(item, { removeUndefinedValues: true }));
}

function sizeOfMap(attributes: Record<string, AttributeValue>): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + bytes(name) + sizeOf(value), 0);
}

function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return bytes(value.S);
  // Two digits a byte, one byte for the exponent, one for a sign; leading and trailing zeros are not stored.
  if (value.N !== undefined)
    return Math.ceil(value.N.replace(/\D/g, '').replace(/^0+|0+$/g, '').length / 2) + 2;
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.reduce((sum, entry) => sum + sizeOf(entry) + 1, 3);
  if (value.M !== undefined) return sizeOfMap(value.M) + 3 + Object.keys(value.M).length;
  return 1;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
