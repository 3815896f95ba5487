import { cpus } from 'node:os';
import { SUITES } from './jest.suites.js';

/** Tests run as ES modules, the way the code ships; swc only strips the types. */
export default {
  testEnvironment: 'node',
  // Four times Jest's own: a busy machine is no failure.
  testTimeout: 20_000,
  // More workers than cores: much of the time is waiting for servers.
  maxWorkers: Math.ceil(cpus().length * 1.5),
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: Object.values(SUITES)
    .flat()
    .map((path) => `<rootDir>/${path}`),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
};
