import { count } from '../format.ts';
import type { TableData } from '../tableData.ts';
import type { Element, Page } from './dom.ts';

/**
 * Where the page's script puts a table.
 * @param all how many rows there are, which may be more than the page holds
 * @param which completes "the page holds …"
 */
export function tableHolder({ h }: Page, { id, noun, rows }: TableData, all: number, which: string): Element {
  const label = `${noun[1].slice(0, 1).toUpperCase()}${noun[1].slice(1)}`;
  return h(
    'div',
    {},
    h(
      'div',
      { id, class: 'table', 'data-table': label },
      h('p', { class: 'nothing' }, 'This table needs JavaScript; everything else does without.'),
    ),
    all > rows.length
      ? h(
          'p',
          { class: 'note' },
          `Of ${count(all)} ${noun[1]} this page holds ${count(rows.length)}: ${which}. --rows puts more into it.`,
        )
      : undefined,
  );
}
