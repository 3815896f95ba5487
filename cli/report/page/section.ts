import type { Child, Element, Page } from './dom.ts';

/** A part of the page that has a title and can be gone to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly element: Element;
}

export function section(
  { h }: Page,
  id: string,
  title: string,
  ...content: readonly (Child | undefined)[]
): Section {
  const heading = h('h2', { id: `${id}-title` }, title);
  return { id, title, element: h('section', { id, 'aria-labelledby': `${id}-title` }, heading, ...content) };
}

/** A remark in small type. */
export function note({ h }: Page, text: string): Element {
  return h('p', { class: 'note' }, text);
}
