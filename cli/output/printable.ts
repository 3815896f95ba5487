export { printable, printableLines } from '../../shared/printable.ts';
