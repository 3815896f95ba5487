import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const pagesIn = (folder: string, recursive = false) =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const pages = [...pagesIn('.'), ...pagesIn('docs', true), ...pagesIn('simulator')];

const textOf = (page: string) => readFileSync(page, 'utf8');

/** A page's prose: what stands in fences is for a shell or a machine. */
const proseOf = (page: string) => textOf(page).replaceAll(/^```.*?^```$/gms, '');

interface Link {
  readonly target: string;
  /** The file that it leads to, from the root; of a link within its page, the page. */
  readonly file: string;
  readonly anchor: string;
}

function linksOf(page: string): Link[] {
  const targets = Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { target, anchor, file: path === '' ? page : normalize(join(dirname(page), path)) };
    });
}

/** Anchors of a page: of its headings, as GitHub makes them, and its own. */
function anchorsOf(page: string): string[] {
  const marks = Array.from(proseOf(page).matchAll(/<a id="([^"]+)">/g), ([, id = '']) => id);
  const headings = Array.from(proseOf(page).matchAll(/^#{1,6} +(.+)$/gm), ([, heading = '']) => heading);
  const kept = headings.map((heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, ''));
  return [...marks, ...kept.map((heading) => heading.replaceAll(' ', '-'))];
}

/** Sentences long enough to be nobody's by chance, without their marks and line breaks. */
function sentencesOf(page: string): string[] {
  return proseOf(page)
    .replaceAll(/^[|#].*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .split(/(?<=[.:;?!]) /)
    .filter((sentence) => sentence.split(' ').length >= 10);
}

describe('the documentation', () => {
  it('is found', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/runbook.md', 'docs/architecture.md']));
  });

  it.each(pages)('%s links to files and headings that are there', (page) => {
    const broken = linksOf(page).filter(
      ({ file, anchor }) =>
        !existsSync(file) || (anchor !== '' && file.endsWith('.md') && !anchorsOf(file).includes(anchor)),
    );
    expect(broken.map(({ target }) => target)).toEqual([]);
  });

  it('can be reached from where people begin, page by page', () => {
    const reached = new Set(['README.md', 'CONTRIBUTING.md', 'SECURITY.md']);
    // A set is walked to the members that are added on the way.
    for (const page of reached) {
      const found = linksOf(page).map(({ file }) => file);
      for (const file of found) {
        if (file.endsWith('.md')) reached.add(file);
        // A link to a folder is one to all that is in it.
        else
          for (const other of pages)
            if (dirname(other) === normalize(file).replace(/\/$/, '')) reached.add(other);
      }
    }
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('says nothing twice', () => {
    const said = new Map<string, string>();
    const repeated: string[] = [];
    for (const page of pages) {
      for (const sentence of new Set(sentencesOf(page))) {
        const before = said.get(sentence);
        if (before !== undefined) repeated.push(`${before} and ${page}: ${sentence}`);
        said.set(sentence, page);
      }
    }
    expect(repeated).toEqual([]);
  });
});
