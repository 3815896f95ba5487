/** Something that was printed or kept, and where. */
export interface Place {
  readonly name: string;
  readonly content: string | Buffer;
}

/** A text that must be nowhere. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** The spellings in which a secret may be found. */
export const FORMS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  plain: (value) => [value],
  'URL-encoded': (value) => [
    encodeURIComponent(value),
    encodeStrictly(value),
    encodeStrictly(value).toLowerCase(),
  ],
  base64: (value) => withinBase64(value, 'base64'),
  base64url: (value) => withinBase64(value, 'base64url'),
  hex: (value) => [Buffer.from(value).toString('hex')],
};

/** Every secret that stands somewhere, with the form and the place. */
export function findSecrets(secrets: readonly Secret[], places: readonly Place[]): string[] {
  const needles = secrets.flatMap(({ name, value }) =>
    Object.entries(FORMS).flatMap(([form, spell]) =>
      spell(value).map((spelling) => ({ what: `${name}, ${form}`, bytes: Buffer.from(spelling) })),
    ),
  );
  return places.flatMap(({ name, content }) => {
    const bytes = Buffer.from(content);
    const found = needles.filter((needle) => bytes.includes(needle.bytes)).map(({ what }) => what);
    return [...new Set(found)].map((what) => `${what} in ${name}`);
  });
}

/** Everything but letters and digits as %XX. */
function encodeStrictly(value: string): string {
  return value.replaceAll(
    /[^A-Za-z0-9]/g,
    (character) => `%${Buffer.from(character).toString('hex').toUpperCase()}`,
  );
}

/**
 * The characters that stand for a text inside a longer text's base64, wherever in that text it begins: those at its
 * two ends mix with what stands beside it, and are left out.
 */
function withinBase64(value: string, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('\0'.repeat(before) + value)
      .toString(encoding)
      .replace(/=+$/, '');
    const own = Math.floor(((before + Buffer.byteLength(value)) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), own);
  });
}
