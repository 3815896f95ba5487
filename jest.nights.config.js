import config from './jest.config.js';

/** Whole nights as a user runs them, each command a process of its own. */
export default { ...config, roots: ['<rootDir>/test/nights'], testPathIgnorePatterns: [] };
