/**
 * Tests that have a command of their own, since each takes seconds before its first sentence: those that start commands as
 * processes, and those that synthesise the stack. One list for all configurations.
 */
export const SUITES = {
  /** `npm run test:nights`: whole nights, and commands as a user runs them. */
  nights: [
    'test/nights/',
    'test/cli/deployed/',
    'test/cli/export/nights.test.ts',
    'test/cli/report/command.test.ts',
    'test/cli/badInput.test.ts',
    'test/cli/stdout.test.ts',
    'test/local/night.test.ts',
  ],
  /** `npm run test:infra`: the stack's templates. */
  infra: ['test/infra/'],
  /** `npm run test:dynamodb`: what needs Amazon's own implementation. */
  dynamodb: ['test/dynamodb/'],
  /** `npm run test:browser`: pages in a real Chromium. */
  browser: ['test/browser/'],
};

/** Patterns of Jest's for the files of a suite. */
export function pathsOf(suite) {
  return suite.map((path) => `<rootDir>/${path}${path.endsWith('/') ? '**/*.test.ts' : ''}`);
}
