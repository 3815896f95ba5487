/** Control characters, line breaks among them, and the marks that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Text from outside, harmless in a terminal or a message: control characters, line breaks among them, and the
 * marks that turn the direction of writing become visible escapes. Joiners stay, for emoji and several scripts
 * need them. The escapes are those of JSON: what is printed of a JSON text is still the same JSON.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/** The same, but tabs and line breaks stay: for text that may have several lines. */
export function printableLines(text: string): string {
  const parts = text.split(/(\t|\r?\n)/);
  return parts.map((part, nth) => (nth % 2 === 1 ? part : printable(part))).join('');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
