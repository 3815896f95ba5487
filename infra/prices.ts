/**
 * List prices of us-east-1, in dollars and without the free tier, of November 2026.
 * Source: aws.amazon.com, the pricing pages of DynamoDB (on demand) and SQS (standard queues).
 */
export const PRICES = {
  /** A million units, on demand. */
  dynamodb: { write: 0.625, read: 0.125 },
  /** A million requests. */
  sqs: 0.4,
} as const;

/** Dollars for units of DynamoDB. */
export function dollarsOf({
  writeUnits,
  readUnits,
}: {
  readonly writeUnits: number;
  readonly readUnits: number;
}): number {
  const { write, read } = PRICES.dynamodb;
  return (writeUnits * write + readUnits * read) / 1e6;
}
