import { cpus } from 'node:os';

/** Tests run as ES modules, the way the code ships; swc only strips the types. */
export default {
  testEnvironment: 'node',
  // Four times Jest's own: a busy machine is no failure.
  testTimeout: 20_000,
  // More workers than cores: much of the time is waiting for servers.
  maxWorkers: Math.ceil(cpus().length * 1.5),
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Whole nights by the command line, process by process: `npm run test:nights`; pages: `npm run test:browser`.
  testPathIgnorePatterns: ['<rootDir>/test/nights/', '<rootDir>/test/browser/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
};
