import { type Ranked, rankingChart } from '../charts/rankingChart.ts';
import { count } from '../format.ts';
import type { Element, Page } from './dom.ts';
import { staticTable } from './staticTable.ts';

/** Widths that charts are drawn for, in pixels: the whole page, half of it, a phone. */
const WIDTHS = { whole: 1088, half: 520, phone: 336 } as const;

/** One bar of a ranking, with what tells it from others of the same name. */
export interface RankedRow extends Ranked {
  readonly about: string;
}

/** A ranking as bars, and as a table for whoever wants the ids. */
export function ranking(
  page: Page,
  title: string,
  meaning: string,
  [what, about, of]: readonly [what: string, about: string, of: string],
  rows: readonly RankedRow[],
  size: 'whole' | 'half',
): Element {
  const { h } = page;
  return h(
    'figure',
    { class: 'ranking' },
    h('figcaption', {}, h('h3', {}, title), h('p', { class: 'meaning' }, meaning)),
    h('div', { class: 'wide' }, rankingChart(page, title, rows, WIDTHS[size])),
    h('div', { class: 'phone' }, rankingChart(page, title, rows, WIDTHS.phone)),
    h(
      'details',
      {},
      h('summary', {}, 'The same as a table'),
      staticTable(
        page,
        title,
        [what, about, of],
        of,
        rows.map((row) => rankedRow(page, row)),
      ),
    ),
  );
}

function rankedRow({ h }: Page, { label, about, value }: RankedRow): Element {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('bdi', {}, label)),
    h('td', { class: 'id' }, h('bdi', {}, about)),
    h('td', { class: 'figure' }, count(value)),
  );
}
