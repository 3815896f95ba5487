import { printable } from '../../shared/printable.ts';

/** A text from outside, on one line and not too long. */
export function shown(text: string, characters: number): string {
  const whole = printable(text);
  return whole.length > characters ? `${whole.slice(0, characters)}…` : whole;
}

/** `counted(1, 'topic', 'topics')` is `1 topic`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Counts with their names, in the given order. */
export function list<Name extends string>(
  counts: Readonly<Record<Name, number>>,
  names: readonly Name[],
): string {
  return names.map((name) => `${counts[name]} ${name}`).join(', ');
}

/** `3723000` is `1 h 2 min 3 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const words = parts.map((part, index) => (part > 0 ? `${part} ${['h', 'min', 's'][index]}` : ''));
  return words.filter((word) => word !== '').join(' ') || '0 s';
}

/** Bytes of lines, their ends included. */
export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line, 'utf8') + 1, 0);
}
