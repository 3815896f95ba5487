import { parseHTML } from 'linkedom';

/** What a page's element can do here: the DOM's own methods, of which linkedom has types only beside the browser's. */
export interface Element {
  append(...children: Child[]): void;
  setAttribute(name: string, value: string): void;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  removeAttribute(name: string): void;
  remove(): void;
  textContent: string;
}

export type Child = Element | string;

/** A document that is built element by element: every text becomes a text node, so that none is ever markup. */
export interface Page {
  /** For a library that draws into a document. */
  readonly document: unknown;
  readonly head: Element;
  readonly body: Element;
  /** A new element; an attribute or a child that is undefined is left out. */
  h(tag: string, attributes?: Attributes, ...children: (Child | undefined)[]): Element;
  /** The page as HTML. */
  toString(): string;
}

export type Attributes = Readonly<Record<string, string | undefined>>;

const EMPTY = '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body></body></html>';

export function createPage(): Page {
  const { document } = parseHTML(EMPTY) as unknown as { document: Document };
  return {
    document,
    head: document.head,
    body: document.body,
    h: (tag, attributes = {}, ...children) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes))
        if (value !== undefined) element.setAttribute(name, value);
      element.append(...children.filter((child) => child !== undefined));
      return element;
    },
    toString: () => String(document),
  };
}

interface Document {
  readonly head: Element;
  readonly body: Element;
  createElement(tag: string): Element;
}
