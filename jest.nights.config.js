import config from './jest.config.js';
import { pathsOf, SUITES } from './jest.suites.js';

/** Whole nights as a user runs them, each command a process of its own. */
export default { ...config, testMatch: pathsOf(SUITES.nights), testPathIgnorePatterns: [] };
