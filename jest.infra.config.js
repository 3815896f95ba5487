import config from './jest.config.js';
import { pathsOf, SUITES } from './jest.suites.js';

/** The stack as it would be deployed: each file loads the CDK and synthesises. */
export default { ...config, testMatch: pathsOf(SUITES.infra), testPathIgnorePatterns: [] };
