import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { BUNDLING } from '../infra/bundling.ts';
import { report } from './results.ts';

/** The functions that are deployed. */
export const FUNCTIONS = [
  'list-communities',
  'sync-community',
  'close-run',
  'publish-changes',
  'announce-run',
  'export-table',
];

/** A function's bundle must stay below this, in bytes: what it costs at a cold start grows with it. */
const LIMIT = 350_000;

/** Bundles each function the way it is deployed and prints the sizes. @throws when one is over the limit */
export async function benchBundles(): Promise<void> {
  const rows = [];
  for (const name of FUNCTIONS) {
    const code = await bundle(`lambdas/${name}/index.ts`);
    rows.push({
      function: name,
      bytes: code.length,
      gzipped: gzipSync(code).length,
      'of the limit': ratio(code.length),
    });
  }
  report('bundles', rows);
  const over = rows.filter(({ bytes }) => bytes > LIMIT);
  if (over.length > 0) throw new Error(`over ${LIMIT} bytes: ${over.map((row) => row.function).join(', ')}`);
}

/**
 * Bundles an entry as ESM, minified, the AWS SDK included.
 * @param options.sdkAsItComes with every provider of credentials that the SDK knows
 */
export async function bundle(entry: string, { sdkAsItComes = false } = {}): Promise<Uint8Array> {
  const { alias, ...options } = optionsFor(entry);
  const { outputFiles } = await build({ ...options, ...(!sdkAsItComes && { alias }), write: false });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild wrote nothing for ${entry}`);
  return file.contents;
}

/** What an entry's bundle is made of. */
export async function metafileOf(entry: string): Promise<Metafile> {
  const { metafile } = await build({ ...optionsFor(entry), write: false, metafile: true });
  return metafile;
}

function optionsFor(entry: string): BuildOptions {
  return {
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    ...BUNDLING,
    mainFields: [...BUNDLING.mainFields],
    alias: { ...BUNDLING.alias },
    banner: { js: BUNDLING.banner },
  };
}

function ratio(bytes: number): string {
  return `${Math.round((bytes / LIMIT) * 100)} %`;
}
