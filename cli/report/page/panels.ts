import { panelChart } from '../charts/panelChart.ts';
import type { Panel, Point } from '../model/panels.ts';
import type { Element, Page } from './dom.ts';

/** Widths that charts are drawn for, in pixels: text is then as large as the page's. */
const WIDTHS = { pairs: 526, thirds: 350, quarters: 258, phone: 336 } as const;

/** Small charts side by side, and their values as a table for whoever wants to read them. */
export function panelGrid(
  page: Page,
  panels: readonly Panel[],
  size: 'pairs' | 'thirds' | 'quarters',
): Element {
  const { h } = page;
  const [first] = panels;
  if (!first?.places.some(({ value }) => value !== undefined))
    return h('p', { class: 'nothing' }, 'No run has ended yet: there is nothing to draw.');
  const isShort = panels.some(({ places }) => places.some((place) => place.isShort));
  return h(
    'div',
    {},
    h('div', { class: `panels ${size}` }, ...panels.map((panel) => panelFigure(page, panel, WIDTHS[size]))),
    isShort
      ? h(
          'p',
          { class: 'note' },
          'Hollow dots and pale bars: the run was not COMPLETE and may have counted short.',
        )
      : undefined,
    valuesTable(page, panels),
  );
}

function panelFigure(page: Page, panel: Panel, width: number): Element {
  const { h } = page;
  const last = panel.places.findLast(({ value }) => value !== undefined)?.value;
  return h(
    'figure',
    { class: 'panel' },
    h(
      'figcaption',
      {},
      h('h3', {}, panel.title),
      h('p', { class: 'latest' }, last === undefined ? '' : panel.write(last)),
      h('p', { class: 'meaning' }, panel.meaning),
    ),
    h('div', { class: 'wide' }, panelChart(page, panel, width)),
    h('div', { class: 'phone' }, panelChart(page, panel, WIDTHS.phone)),
  );
}

function valuesTable({ h }: Page, panels: readonly Panel[]): Element {
  const places = panels[0]?.places.filter(({ name }) => name !== '') ?? [];
  const head = ['When', ...panels.map(({ title }) => title)];
  const rows = places.map(({ key, name }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      ...panels.map((panel) => h('td', { class: 'figure' }, written(panel, key))),
    ),
  );
  return h(
    'details',
    {},
    h('summary', {}, `The same as a table`),
    h(
      'div',
      { class: 'scroller', role: 'region', tabindex: '0', 'aria-label': head.slice(1).join(', ') },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, head.slice(1).join(', ')),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...head.map((title, nth) =>
              h('th', { scope: 'col', class: nth > 0 ? 'figure' : undefined }, title),
            ),
          ),
        ),
        h('tbody', {}, ...rows.reverse()),
      ),
    ),
  );
}

function written({ places, write }: Panel, key: string): string {
  const place: Point | undefined = places.find((one) => one.key === key);
  if (place?.value === undefined) return '–';
  return place.isShort ? `(${write(place.value)})` : write(place.value);
}
