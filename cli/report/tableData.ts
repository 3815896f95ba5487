/**
 * How a value is shown, sorted and aligned. id: an id of the API · seconds: epoch seconds · instant: ISO 8601 UTC ·
 * duration: milliseconds · share: of 1 · choice: one of a few words, which can be filtered by.
 */
export type ColumnKind =
  | 'text'
  | 'id'
  | 'count'
  | 'seconds'
  | 'instant'
  | 'duration'
  | 'dollars'
  | 'share'
  | 'choice';

/** A column of a table; the value of a row stands at the column's own place. */
export interface TableColumn {
  readonly title: string;
  readonly kind: ColumnKind;
  /** Place in the row of a value that is shown below in small type, such as the id under a name. */
  readonly below?: number;
}

/** Nothing to show is null: it is sorted last, whatever the direction. */
export type TableValue = string | number | null;

/** A table as the page holds it. Texts are printable; ids that do not fit a column stand behind the columns' values. */
export interface TableData {
  readonly id: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableValue[])[];
  /** How the rows are sorted as they are given. */
  readonly sorted: { readonly column: number; readonly descending: boolean };
  /** What one row is, and several: `topic`, `topics`. */
  readonly noun: readonly [one: string, many: string];
}
