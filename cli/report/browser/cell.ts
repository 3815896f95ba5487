import { count, dollars, duration, minute, minuteOfSeconds, percent } from '../format.ts';
import type { ColumnKind, TableColumn, TableValue } from '../tableData.ts';
import { element } from './element.ts';

const WRITERS: { readonly [kind in ColumnKind]: (value: never) => string } = {
  text: (value: string) => value,
  id: (value: string) => value,
  choice: (value: string) => value,
  count,
  seconds: minuteOfSeconds,
  instant: minute,
  duration,
  dollars,
  share: percent,
};

/** Kinds whose values stand right, digit below digit. */
const FIGURES: ReadonlySet<ColumnKind> = new Set(['count', 'duration', 'dollars', 'share']);

/** How a column is set: its class. */
export function classOf({ kind }: TableColumn): string {
  return FIGURES.has(kind) ? 'figure' : kind;
}

/** A cell, or at the beginning of a row its header. */
export function cell(column: TableColumn, row: readonly TableValue[], place: number): HTMLTableCellElement {
  const isHeader = place === 0;
  const made = element(isHeader ? 'th' : 'td', { class: classOf(column), ...(isHeader && { scope: 'row' }) });
  made.append(...contents(column, row[place] ?? null));
  const below = column.below === undefined ? null : (row[column.below] ?? null);
  if (below !== null) made.append(element('small', {}, element('bdi', {}, String(below))));
  return made;
}

function contents({ kind }: TableColumn, value: TableValue): (Node | string)[] {
  if (value === null || value === '')
    return [element('span', { class: 'nothing' }, kind === 'text' ? 'no name' : '–')];
  const text = WRITERS[kind](value as never);
  if (kind === 'choice') return [element('span', { class: 'choice', 'data-choice': text }, text)];
  // A name may run from right to left: it must not turn what stands beside it.
  return [kind === 'text' || kind === 'id' ? element('bdi', {}, text) : text];
}
