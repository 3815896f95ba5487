/** One column of a listing: what it is called and what it shows of a record. */
export interface Column<T> {
  readonly name: string;
  value(record: T): unknown;
}

/** Columns that show fields by their own names. */
export function fields<T extends object>(...names: readonly (keyof T & string)[]): Column<T>[] {
  return names.map((name) => ({ name, value: (record) => record[name] }));
}
