/** A key of the Chat console is 64 hexadecimal digits. */
const LIKE_A_KEY = /[0-9a-f]{32}/i;

/**
 * A value of a setting as a message can show it: in quotes, on one line, not too long; and not at all where it looks like
 * a secret key, which is easily put into the variable beside its own.
 */
export function quote(value: string): string {
  if (LIKE_A_KEY.test(value)) return `${value.length} characters that look like a secret key`;
  const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  // Control characters and the separators that some displays break a line at, which JSON leaves as they are.
  return JSON.stringify(short.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' '));
}
