import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

interface Import {
  /** File that imports, from the root. */
  readonly from: string;
  /** File from the root, or a package's name. */
  readonly to: string;
  /** Whether it is gone once the types are stripped. */
  readonly typeOnly: boolean;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Every import and re-export of a file, static or not. */
function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s)?(?:([\w$*{},\s]+?)\s+from\s+)?['"]([^'"]+)['"]/gm,
  );
  const calls = source.matchAll(/(?:import\(|new URL\()\s*['"]([^'"]+)['"]/g);
  const to = (specifier: string) =>
    specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
  return [
    ...Array.from(statements, ([, type, names = '', specifier = '']) => ({
      from: file,
      to: to(specifier),
      typeOnly: type !== undefined || isTypesOnly(names),
    })),
    ...Array.from(calls, ([, specifier = '']) => ({ from: file, to: to(specifier), typeOnly: false })),
  ];
}

/** `{ type A, type B }` names nothing that is left at run time. */
function isTypesOnly(names: string): boolean {
  const listed = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',') ?? [];
  const some = listed.map((name) => name.trim()).filter((name) => name !== '');
  return some.length > 0 && some.every((name) => name.startsWith('type '));
}

/** The imports of a folder that reach into a folder of the checkout. */
function reaching(folder: string): Import[] {
  return filesIn(folder)
    .flatMap(importsOf)
    .filter(({ to }) => folders.includes(to.split('/')[0] ?? ''));
}

const arrows = (imports: readonly Import[]) => imports.map(({ from, to }) => `${from} → ${to}`);
const within =
  (...allowed: string[]) =>
  ({ to }: Import) =>
    allowed.some((path) => to === path || to.startsWith(`${path}/`));

/** Every file and package that a file needs at run time, itself included. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!folders.includes(file.split('/')[0] ?? '')) return seen;
  for (const { to, typeOnly } of importsOf(file)) if (!typeOnly) closureOf(to, seen);
  return seen;
}

describe('the layers', () => {
  it('are read from the source', () => {
    expect(arrows(importsOf('shared/sync/present.ts'))).toContain(
      'shared/sync/present.ts → shared/sync/diff.ts',
    );
    expect(arrows(importsOf('shared/catalog/index.ts'))).toContain(
      'shared/catalog/index.ts → shared/catalog/runs.ts',
    );
  });

  it('let shared import nothing but shared', () => {
    expect(arrows(reaching('shared').filter((found) => !within('shared')(found)))).toEqual([]);
  });

  it('let the functions import nothing but functions and shared', () => {
    expect(arrows(reaching('lambdas').filter((found) => !within('lambdas', 'shared')(found)))).toEqual([]);
  });

  it('let the simulator import nothing of the rest', () => {
    expect(arrows(reaching('simulator').filter((found) => !within('simulator')(found)))).toEqual([]);
  });

  it('let the local runtime know nothing of the command line', () => {
    expect(arrows(reaching('local').filter((found) => !within('local', 'lambdas', 'shared')(found)))).toEqual(
      [],
    );
  });

  it('let nothing that ships import its tests', () => {
    const shipped = folders.filter((folder) =>
      ['shared', 'lambdas', 'local', 'cli', 'simulator', 'infra', 'bench'].includes(folder),
    );
    expect(arrows(shipped.flatMap(reaching).filter(within('test')))).toEqual([]);
  });

  it('let the infrastructure take names from shared and nothing that runs', () => {
    const named = within(
      'infra',
      'shared/config.ts',
      'shared/deployment.ts',
      'shared/events.ts',
      'shared/metrics.ts',
      'shared/catalog/table.ts',
      'shared/chat/regions.ts',
    );
    const found = folders.includes('infra') ? reaching('infra').filter(({ typeOnly }) => !typeOnly) : [];
    expect(arrows(found.filter((one) => !named(one)))).toEqual([]);
  });

  it('let each part of shared speak to its own service and no other', () => {
    const clients = (folder: string) =>
      new Set(
        filesIn(folder)
          .flatMap(importsOf)
          .map(({ to }) => to)
          .filter((to) => to.startsWith('@aws-sdk/')),
      );
    expect(clients('shared/chat')).toEqual(new Set());
    expect(clients('shared/sync')).toEqual(new Set());
    expect(clients('shared/rate')).toEqual(new Set());
    expect(clients('shared/queue')).toEqual(new Set(['@aws-sdk/client-sqs']));
    expect(clients('shared/catalog')).toEqual(
      new Set(['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb']),
    );
  });
});

describe('shared/sync is pure', () => {
  const files = filesIn('shared/sync');

  it.each(files)('%s needs no client, network, file or timer', (file) => {
    const packages = [...closureOf(file)].filter((to) => !folders.includes(to.split('/')[0] ?? ''));
    expect(packages.filter((name) => name !== 'node:crypto')).toEqual([]);
  });

  it.each(files)('%s asks for no time, chance or environment', (file) => {
    for (const needed of closureOf(file)) {
      if (!needed.endsWith('.ts')) continue;
      const source = readFileSync(join(root, needed), 'utf8');
      expect(source).not.toMatch(
        /Date\.now|new Date\(\s*\)|performance\.|Math\.random|randomUUID|randomBytes|process\.|setTimeout|fetch\(/,
      );
    }
  });
});
