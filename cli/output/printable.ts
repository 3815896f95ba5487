export { printable } from '../../shared/printable.ts';
