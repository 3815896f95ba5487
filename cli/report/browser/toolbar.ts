import type { TableData } from '../tableData.ts';
import { element } from './element.ts';
import type { View } from './view.ts';

/** Rows below which there is nothing to search. */
const FEW = 6;

/** Fields to search a table by words and by its choices. */
export function createToolbar(data: TableData, onChange: (view: Partial<View>) => void): HTMLElement {
  const toolbar = element('div', {
    class: 'toolbar',
    role: 'search',
    'aria-label': `Search ${data.noun[1]}`,
  });
  if (data.rows.length < FEW) return element('div');
  toolbar.append(searchField(data, onChange), ...choiceFields(data, onChange));
  return toolbar;
}

function searchField({ noun }: TableData, onChange: (view: Partial<View>) => void): HTMLElement {
  const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  input.addEventListener('input', () => onChange({ search: input.value }));
  return element('label', { class: 'search' }, element('span', {}, `Search ${noun[1]}`), input);
}

function choiceFields({ columns, rows }: TableData, onChange: (view: Partial<View>) => void): HTMLElement[] {
  const choices = new Map<number, string>();
  return columns.flatMap(({ kind, title }, place) => {
    if (kind !== 'choice') return [];
    const values = [...new Set(rows.map((row) => String(row[place])))].sort();
    if (values.length < 2) return [];
    const options = values.map((value) => element('option', {}, value));
    const select = element('select', {}, element('option', { value: '' }, 'any'), ...options);
    select.addEventListener('change', () => {
      if (select.value === '') choices.delete(place);
      else choices.set(place, select.value);
      onChange({ choices });
    });
    return [element('label', {}, element('span', {}, title), select)];
  });
}
