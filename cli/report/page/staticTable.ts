import type { Element, Page } from './dom.ts';

/**
 * A small table that stays as it is, to be scrolled where it is too wide.
 * @param figure the head above figures, if any
 */
export function staticTable(
  { h }: Page,
  title: string,
  head: readonly string[],
  figure: string | undefined,
  rows: readonly Element[],
): Element {
  const heads = head.map((name) =>
    h('th', { scope: 'col', class: name === figure ? 'figure' : undefined }, name),
  );
  return h(
    'div',
    { class: 'scroller', role: 'region', tabindex: '0', 'aria-label': title },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, title),
      h('thead', {}, h('tr', {}, ...heads)),
      h('tbody', {}, ...rows),
    ),
  );
}
