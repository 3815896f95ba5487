import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { filesOf } from './folder.ts';
import type { ExportedFile, Manifest } from './manifest.ts';
import { TABLE_NAMES } from './tables.ts';

/** Yields what in a folder is not as its manifest says, a sentence each. */
export async function* differencesIn(folder: string, { tables }: Manifest): AsyncGenerator<string> {
  for (const name of TABLE_NAMES) {
    const { rows, files } = tables[name];
    const sum = files.reduce((total, file) => total + file.rows, 0);
    if (sum !== rows) yield `the manifest counts ${rows} rows of ${name}, and ${sum} in its files`;
    for (const file of files) {
      const difference = await differenceIn(folder, file);
      if (difference !== undefined) yield difference;
    }
    const counted = new Set(files.map(({ path }) => path));
    for (const path of filesOf(folder, name)) if (!counted.has(path)) yield `${path} is not in the manifest`;
  }
}

async function differenceIn(
  folder: string,
  { path, bytes, sha256 }: ExportedFile,
): Promise<string | undefined> {
  const file = join(folder, path);
  if (!existsSync(file)) return `${path} is missing`;
  const digest = createHash('sha256');
  let length = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      digest.update(chunk);
      length += chunk.length;
    }
  });
  if (length !== bytes) return `${path} has ${length} bytes instead of ${bytes}`;
  return digest.digest('hex') === sha256 ? undefined : `${path} is not what was written`;
}
