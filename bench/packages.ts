import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { FUNCTIONS, metafileOf } from './bundles.ts';
import { report } from './results.ts';

/** A package of which some code is deployed. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says it, an SPDX expression. */
  readonly licence: string;
  /** Bytes of it in all functions together. */
  readonly bytes: number;
  /** Functions that it is part of. */
  readonly functions: readonly string[];
}

/** Prints every package of which some code is deployed, the largest first. */
export async function benchPackages(): Promise<void> {
  const found = await bundledPackages();
  report(
    'packages',
    found.map(({ functions, ...one }) => ({ ...one, functions: functions.length })),
  );
}

/** Every package of which some code is in a function's bundle, as esbuild counts it, the largest first. */
export async function bundledPackages(): Promise<BundledPackage[]> {
  const found = new Map<string, { bytes: number; readonly functions: Set<string> }>();
  for (const name of FUNCTIONS) {
    const { outputs } = await metafileOf(`lambdas/${name}/index.ts`);
    for (const [folder, bytes] of bytesByFolder(outputs)) {
      const entry = found.get(folder) ?? { bytes: 0, functions: new Set() };
      entry.bytes += bytes;
      entry.functions.add(name);
      found.set(folder, entry);
    }
  }
  return [...found]
    .map(([folder, { bytes, functions }]) => ({ ...manifestOf(folder), bytes, functions: [...functions] }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** A package's folder is the last node_modules of the path and one name behind it, or two of a scope. */
const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

function bytesByFolder(outputs: Metafile['outputs']): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = FOLDER.exec(path) ?? [];
      if (folder === undefined || bytesInOutput === 0) continue;
      bytes.set(folder, (bytes.get(folder) ?? 0) + bytesInOutput);
    }
  }
  return bytes;
}

function manifestOf(folder: string): Pick<BundledPackage, 'name' | 'version' | 'licence'> {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>;
  const { name = folder, version = '', license: licence = 'none' } = manifest;
  return { name, version, licence };
}
