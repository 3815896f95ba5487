/**
 * Where a function's AWS clients get their credentials: Lambda puts them into its environment. Bundled in the place of
 * the SDK's default chain (infra/bundling.ts), whose other providers are for machines and people, and a quarter of the code.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
