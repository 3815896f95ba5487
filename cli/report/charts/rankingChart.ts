import * as Plot from '@observablehq/plot';
import { count } from '../format.ts';
import { type Drawing, draw } from './draw.ts';

/** One bar of a ranking, its text printable. */
export interface Ranked {
  readonly key: string;
  readonly label: string;
  readonly value: number;
}

/** Height of a bar, and the heights of a line whose label stands beside the bar or above it. */
const BAR = 10;
const BESIDE = 28;
const ABOVE = 36;

/** Room of a label beside its bar, and of a value behind it. */
const LABEL = 300;
const VALUE = 76;

const FONT = 13;

/** Width from which on there is room for labels beside the bars. */
const ROOMY = 800;

/** Draws a ranking: a line has a label, a bar and the value at its end; where it is narrow, the bar is below. */
export function rankingChart(drawing: Drawing, name: string, ranked: readonly Ranked[], width: number) {
  const [top] = ranked;
  const summary = top ? `${name}, most first: ${top.label} with ${count(top.value)}.` : `${name}: none.`;
  const isRoomy = width >= ROOMY;
  const row = isRoomy ? BESIDE : ABOVE;
  const [from, to] = isRoomy ? [LABEL, width - VALUE] : [0, width];
  const most = Math.max(1, ...ranked.map(({ value }) => value));
  const bar = isRoomy
    ? { insetTop: (row - BAR) / 2, insetBottom: (row - BAR) / 2 }
    : { insetTop: row - BAR - 8, insetBottom: 8 };
  const text = { y: 'key', fontSize: FONT, fill: 'var(--text)', dy: isRoomy ? 0 : -9 } as const;
  return draw(drawing, summary, {
    width,
    height: ranked.length * row,
    margin: 0,
    x: { domain: [0, most], range: [from, to], axis: null },
    y: { type: 'band', domain: ranked.map(({ key }) => key), axis: null, padding: 0 },
    marks: [
      Plot.barX(ranked, { y: 'key', x1: 0, x2: most, ...bar, fill: 'var(--grid)', rx: 2 }),
      Plot.barX(ranked, {
        y: 'key',
        x: 'value',
        ...bar,
        rx: 2,
        fill: 'var(--growth)',
        title: ({ label, value }) => `${label}: ${count(value)}`,
      }),
      Plot.text(ranked, {
        ...text,
        text: 'label',
        frameAnchor: 'left',
        textOverflow: 'ellipsis',
        lineWidth: (isRoomy ? LABEL - 20 : width - VALUE) / FONT,
      }),
      Plot.text(ranked, { ...text, text: ({ value }) => count(value), frameAnchor: 'right' }),
    ],
  });
}
