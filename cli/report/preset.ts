/** Days of growth and changes, and rows of each table, unless told otherwise. */
export const PRESET = { days: 30, rows: 20_000 } as const;
