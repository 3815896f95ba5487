/** The records of a CSV text, as a spreadsheet reads them (RFC 4180): quotes are gone, what they held is whole. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/gy;
  let record: string[] = [];
  while (cells.lastIndex < text.length) {
    const [whole = '', quoted, plain = '', end] = cells.exec(text) ?? [];
    if (whole === '') throw new Error(`no CSV at ${cells.lastIndex}`);
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
