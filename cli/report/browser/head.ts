import type { TableData } from '../tableData.ts';
import { classOf } from './cell.ts';
import { element } from './element.ts';
import type { View } from './view.ts';

/** The head of a table: a button a column, which sorts by it. */
export interface Head {
  readonly element: HTMLElement;
  /** Shows how the rows are sorted. */
  show(view: View): void;
}

/** @param onSort told the column and the direction that a button asks for */
export function createHead(
  { columns }: TableData,
  onSort: (column: number, descending: boolean) => void,
): Head {
  let shown: Pick<View, 'column' | 'descending'> = { column: 0, descending: false };
  const cells = columns.map((column, place) => {
    const button = element('button', { type: 'button' }, column.title);
    button.addEventListener('click', () => {
      const isText = column.kind === 'text' || column.kind === 'id' || column.kind === 'choice';
      // Texts begin at A, figures and times with the most and the newest.
      onSort(place, shown.column === place ? !shown.descending : !isText);
    });
    return element('th', { scope: 'col', class: classOf(column) }, button);
  });
  return {
    element: element('thead', {}, element('tr', {}, ...cells)),
    show: (view) => {
      shown = view;
      for (const [place, cell] of cells.entries()) {
        if (place === view.column)
          cell.setAttribute('aria-sort', view.descending ? 'descending' : 'ascending');
        else cell.removeAttribute('aria-sort');
      }
    },
  };
}
