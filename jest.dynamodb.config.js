import config from './jest.config.js';
import { pathsOf, SUITES } from './jest.suites.js';

/** What reads and writes the catalog, on Amazon's DynamoDB Local in place of the embedded store. */
export default {
  ...config,
  globalSetup: './test/dynamodb/setup.ts',
  globalTeardown: './test/dynamodb/teardown.ts',
  // A call takes it several times as long.
  testTimeout: 120_000,
  testMatch: pathsOf([
    ...SUITES.dynamodb,
    'test/shared/catalog/',
    'test/shared/rate/slotLease.test.ts',
    'test/lambdas/',
    'test/simulation/virtualTable.test.ts',
  ]),
  testPathIgnorePatterns: [],
};
