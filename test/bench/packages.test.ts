import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type BundledPackage, bundledPackages } from '../../bench/packages.ts';

// Every function is bundled, which takes seconds on a busy machine.
jest.setTimeout(60_000);

/** Licences that ask for no more than to be named. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};

/** The lockfile's entries of a package, by its name. */
function entriesOf(name: string): Locked[] {
  return Object.entries(locked)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, entry]) => entry);
}

describe('the packages that are deployed', () => {
  let found: BundledPackage[];

  beforeAll(async () => {
    found = await bundledPackages();
  });

  it('are few, and those that the functions are known to need are among them', () => {
    const names = found.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', '@middy/core', 'valibot']),
    );
    expect(names.length).toBeLessThan(40);
  });

  it('have licences that allow it', () => {
    const others = found.filter(({ licence }) => !ALLOWED.includes(licence));
    expect(others.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([]);
  });

  it('are those of the lockfile, each with the hash of its archive, and are no tools', () => {
    for (const { name, version } of found) {
      const entry = entriesOf(name).find((one) => one.version === version);
      expect([name, entry?.integrity]).toEqual([name, expect.stringMatching(/^sha512-/)]);
      expect([name, entry?.dev ?? false]).toEqual([name, false]);
    }
  });

  it('run nothing of their own when they are installed', () => {
    const scripted = found.filter(({ name }) =>
      entriesOf(name).some(({ hasInstallScript }) => hasInstallScript),
    );
    expect(scripted.map(({ name }) => name)).toEqual([]);
  });
});
