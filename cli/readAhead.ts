export { readAhead } from '../shared/readAhead.ts';
