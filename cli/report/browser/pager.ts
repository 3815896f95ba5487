import { count } from '../format.ts';
import { element } from './element.ts';

/** Leafs through the pages of a table. */
export interface Pager {
  readonly element: HTMLElement;
  /** @param page from 0 */
  show(page: number, pages: number): void;
}

/** @param onStep told how many pages to go on, or back */
export function createPager(onStep: (step: number) => void): Pager {
  let [page, pages] = [0, 0];
  const place = element('span');
  const button = (label: string, step: number) => {
    const made = element('button', { type: 'button', class: 'step' }, label);
    made.addEventListener('click', () => {
      if (isThere(page + step, pages)) onStep(step);
    });
    return made;
  };
  const [back, on] = [button('Previous', -1), button('Next', 1)];
  const pager = element('div', { class: 'pager' }, back, place, on);
  return {
    element: pager,
    show: (...shown) => {
      [page, pages] = shown;
      pager.hidden = pages < 2;
      place.textContent = `Page ${count(page + 1)} of ${count(pages)}`;
      // Not disabled: a button that has the focus would lose it on the last page.
      back.setAttribute('aria-disabled', String(!isThere(page - 1, pages)));
      on.setAttribute('aria-disabled', String(!isThere(page + 1, pages)));
    },
  };
}

function isThere(page: number, pages: number): boolean {
  return page >= 0 && page < pages;
}
