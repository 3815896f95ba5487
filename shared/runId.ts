/** Whether a text can be a run's id: the run's scheduled time, as `Date.toISOString` writes it. */
export function isRunId(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}
