/** A place on the horizontal axis of a chart. */
export interface Place {
  readonly key: string;
  /** On the axis. */
  readonly label: string;
  /** In a sentence or a table. */
  readonly name: string;
}

/** Places on an axis at least, so that the bar of a single night is no wall. */
const LEAST_PLACES = 7;

/** The places, behind as many empty ones as it takes. */
export function withRoom<P extends Place>(places: readonly P[]): (P | Place)[] {
  const missing = places.length === 0 ? 0 : Math.max(0, LEAST_PLACES - places.length);
  const empty = Array.from({ length: missing }, (_, nth) => ({ key: `empty ${nth}`, label: '', name: '' }));
  return [...empty, ...places];
}
