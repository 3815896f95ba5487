import * as Plot from '@observablehq/plot';
import { type Panel, type Point, summaryOf } from '../model/panels.ts';
import { type Drawing, draw } from './draw.ts';

const HEIGHT = 150;

/** Labels on the horizontal axis, each with this much room, in pixels. */
const LABEL_ROOM = 74;

/** Opacity of the bar of a run that was not COMPLETE. */
const PALE = 0.55;

/** Draws a quantity over time: bars from zero, or a line with a dot for each place. */
export function panelChart(drawing: Drawing, panel: Panel, width: number) {
  const { places, shape, tone, limit } = panel;
  const known = places.filter(isKnown);
  const colour = `var(--${tone})`;
  const at = { x: 'key', y: 'value' } as const;
  const bars = [
    Plot.barY(known, {
      ...at,
      fill: colour,
      fillOpacity: ({ isShort }) => (isShort ? PALE : 1),
      insetLeft: 0.5,
      insetRight: 0.5,
      rx: 1,
    }),
  ];
  const line = [
    // Days without a run interrupt the line.
    Plot.lineY(places, { ...at, stroke: colour, strokeWidth: 2 }),
    Plot.dot(known, {
      ...at,
      r: 3,
      stroke: colour,
      strokeWidth: 1.5,
      fill: (point) => dotFill(point, colour),
    }),
  ];
  return draw(drawing, summaryOf(panel), {
    width,
    height: HEIGHT,
    marginTop: 14,
    marginRight: 10,
    marginBottom: 26,
    marginLeft: 52,
    x: { type: 'band', domain: places.map(({ key }) => key), paddingInner: 0.2, paddingOuter: 0.1 },
    y: { domain: domainOf(panel), nice: shape === 'line' },
    marks: [
      Plot.gridY({ ...ticksOf(panel), stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ...ticksOf(panel),
        tickSize: 0,
        tickFormat: panel.tick,
        label: null,
        fill: 'var(--muted)',
      }),
      Plot.axisX({
        ticks: labelled(places, width),
        tickFormat: (key: string) => places.find((place) => place.key === key)?.label ?? '',
        tickSize: 0,
        label: null,
        fill: 'var(--muted)',
      }),
      ...(limit ? limitMarks(limit) : []),
      ...(shape === 'bars' ? bars : line),
      ...(shape === 'bars' ? [Plot.ruleY([0], { stroke: 'var(--axis)' })] : []),
      // A whole column answers to the pointer, however small its bar is.
      Plot.barY(known, {
        x: 'key',
        y1: () => domainOf(panel)[0],
        y2: () => domainOf(panel)[1],
        fill: 'transparent',
        title: ({ name, value, isShort }) =>
          `${name}: ${panel.write(value)}${isShort ? ' (the run was not COMPLETE)' : ''}`,
      }),
    ],
  });
}

type Known = Point & { readonly value: number };

function isKnown(point: Point): point is Known {
  return point.value !== undefined;
}

/** A hollow dot where a run was not COMPLETE. */
function dotFill({ isShort }: Point, colour: string): string {
  return isShort ? 'var(--surface)' : colour;
}

function limitMarks({ value, name }: NonNullable<Panel['limit']>) {
  return [
    Plot.ruleY([value], { stroke: 'var(--limit)', strokeDasharray: '4 3' }),
    Plot.text([name], { y: value, frameAnchor: 'left', dy: -7, fill: 'var(--limit)', textAnchor: 'start' }),
  ];
}

/** Bars begin at zero. A line shows its own range, but never makes a mountain of one part in fifty. */
function domainOf({ places, shape, limit }: Panel): [number, number] {
  const values = places.filter(isKnown).map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values, limit?.value ?? 0)];
  if (values.length === 0) return [0, 1];
  if (shape === 'bars') return [0, most > 0 ? most * (limit ? 1.14 : 1.06) : 1];
  const range = Math.max(most - least, most / 50, 4);
  const middle = (most + least) / 2;
  return [Math.max(0, middle - range * 0.7), middle + range * 0.7];
}

function ticksOf(panel: Panel) {
  const [from, to] = domainOf(panel);
  return panel.isWhole && to - from <= 4 ? { interval: 1 } : { ticks: 3 };
}

/** The places that have room for a label: the last always has one. */
function labelled(places: readonly Point[], width: number): string[] {
  const named = places.filter(({ label }) => label !== '');
  const step = Math.max(1, Math.ceil((places.length * LABEL_ROOM) / (width - 58)));
  return named.filter((_, nth) => (named.length - 1 - nth) % step === 0).map(({ key }) => key);
}
