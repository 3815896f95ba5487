import type { TableData, TableValue } from '../tableData.ts';

/** Which rows of a table are shown, and in which order. */
export interface View {
  readonly column: number;
  readonly descending: boolean;
  /** Words that a row's texts must all contain, whatever their case. */
  readonly search: string;
  /** Wanted values of columns of choices; those that are left out may have any. */
  readonly choices: ReadonlyMap<number, string>;
}

type Row = TableData['rows'][number];

/** Finds the rows of a view; what it needs of the rows is prepared when it is first needed. */
export function createFinder({ rows, sorted }: TableData): (view: View) => readonly Row[] {
  const ordered = new Map<string, readonly Row[]>([[orderKey(sorted.column, sorted.descending), rows]]);
  let haystacks: Map<Row, string> | undefined;
  const inOrder = ({ column, descending }: View): readonly Row[] => {
    const key = orderKey(column, descending);
    const known = ordered.get(key) ?? [...rows].sort(comparing(column, descending));
    ordered.set(key, known);
    return known;
  };
  return (view) => {
    const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0) haystacks ??= new Map(rows.map((row) => [row, textOf(row)]));
    const chosen = [...view.choices];
    if (words.length === 0 && chosen.length === 0) return inOrder(view);
    return inOrder(view).filter((row) => {
      if (chosen.some(([column, value]) => row[column] !== value)) return false;
      const text = haystacks?.get(row) ?? '';
      return words.every((word) => text.includes(word));
    });
  };
}

function orderKey(column: number, descending: boolean): string {
  return `${column} ${descending}`;
}

/** What can be searched: texts, those below others included; a number is not found by its digits. */
function textOf(row: Row): string {
  return row
    .filter((value) => typeof value === 'string')
    .join('\n')
    .toLowerCase();
}

const collator = new Intl.Collator('en', { numeric: true });

/** Nothing comes last in both directions. */
function comparing(column: number, descending: boolean) {
  const sign = descending ? -1 : 1;
  return (left: Row, right: Row): number => {
    const [a, b] = [left[column] ?? null, right[column] ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * compare(a, b);
  };
}

function compare(a: NonNullable<TableValue>, b: NonNullable<TableValue>): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
