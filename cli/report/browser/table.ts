import { count } from '../format.ts';
import type { TableData } from '../tableData.ts';
import { cell } from './cell.ts';
import { element } from './element.ts';
import { createHead } from './head.ts';
import { createPager } from './pager.ts';
import { createToolbar } from './toolbar.ts';
import { createFinder, type View } from './view.ts';

/** Rows of a page of a table. */
const ROWS = 20;

/** Columns from which on they are set closer. */
const MANY = 10;

/** Shows a table that can be sorted, searched and leafed through, in the place of what the holder held. */
export function showTable(holder: HTMLElement, data: TableData): void {
  const find = createFinder(data);
  let view: View = { ...data.sorted, search: '', choices: new Map() };
  let page = 0;
  const body = element('tbody');
  const state = element('p', { class: 'state', role: 'status' });
  const change = (next: Partial<View>) => {
    view = { ...view, ...next };
    page = 0;
    draw();
  };
  const head = createHead(data, (column, descending) => change({ column, descending }));
  const pager = createPager((step) => {
    page += step;
    draw();
  });
  const draw = () => {
    const found = find(view);
    const rows = found.slice(page * ROWS, (page + 1) * ROWS);
    body.replaceChildren(
      ...rows.map((row) =>
        element('tr', {}, ...data.columns.map((column, place) => cell(column, row, place))),
      ),
    );
    head.show(view);
    pager.show(page, Math.ceil(found.length / ROWS));
    state.textContent = sentence(data, found.length, page);
  };
  draw();
  const label = holder.getAttribute('data-table') ?? '';
  const scroller = {
    class: 'scroller',
    role: 'region',
    tabindex: '0',
    'aria-label': `Table of ${data.noun[1]}`,
  };
  holder.replaceChildren(
    createToolbar(data, change),
    state,
    element(
      'div',
      scroller,
      element(
        'table',
        { class: data.columns.length > MANY ? 'dense' : '' },
        element('caption', { class: 'unseen' }, label),
        head.element,
        body,
      ),
    ),
    pager.element,
  );
}

function sentence({ rows, noun: [one, many] }: TableData, found: number, page: number): string {
  const all = rows.length;
  if (found === 0) return all === 0 ? `No ${many}.` : `None of the ${count(all)} ${many} matches.`;
  const last = Math.min(found, (page + 1) * ROWS);
  const range = found <= ROWS ? count(found) : `${count(page * ROWS + 1)}–${count(last)} of ${count(found)}`;
  const matching = found < all ? `, out of ${count(all)}` : '';
  return `${range} ${found === 1 ? one : many}${matching}`;
}
