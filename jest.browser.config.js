import config from './jest.config.js';

/** Pages in a real Chromium, which CHROMIUM names or which is at /usr/bin/chromium. */
export default {
  ...config,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: [],
  // One browser is as much as a machine with few cores can carry.
  maxWorkers: 1,
  testTimeout: 120_000,
};
