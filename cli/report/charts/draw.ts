import * as Plot from '@observablehq/plot';
import type { Element, Page } from '../page/dom.ts';

/** Where a chart is drawn. */
export type Drawing = Pick<Page, 'document'>;

/**
 * Draws with Observable Plot into the page's document: static SVG whose colours are the page's own, through variables.
 * @param name what the chart shows, for those who cannot see it
 */
export function draw({ document }: Drawing, name: string, options: Plot.PlotOptions): Element {
  const svg = Plot.plot({
    ...options,
    document: document as never,
    className: 'plot',
    ariaLabel: name,
  }) as unknown as Element;
  // Its own style element would need a permission of its own in the page's policy; the page's style sheet has its rules.
  svg.querySelector('style')?.remove();
  // As one image the chart has one name; the groups' own names would be read without a role.
  for (const group of svg.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('font-size', '12');
  return svg;
}
