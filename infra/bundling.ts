import { resolve } from 'node:path';

/**
 * How a function's code is bundled, for the deployment and for the benchmarks that measure it. ES modules of a
 * package come first: they shake to two thirds of what its CommonJS would be. No source map: reading one lengthens
 * a cold start by half, and the names that matter are in the log lines.
 */
export const BUNDLING = {
  format: 'esm',
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': resolve(
      import.meta.dirname,
      '../lambdas/parts/functionCredentials.ts',
    ),
  },
  /** Dependencies that are CommonJS call require, which an ES module does not have. */
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
} as const;
