/** What DynamoDB answers, with status 400, to a request that is too much for the table, a partition or the account. */
export const THROTTLES = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
] as const;

/** A throttled request. The functions' client does not repeat it: who sends does. */
export class ThrottledError extends Error {
  constructor(name: (typeof THROTTLES)[number] = THROTTLES[0]) {
    super(`${name} (simulated)`);
    this.name = name;
  }
}
