/**
 * Text from outside, harmless in a terminal or a message: control characters, line breaks among them, and the
 * marks that turn the direction of writing become visible escapes. Joiners stay, for emoji and several scripts
 * need them.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
