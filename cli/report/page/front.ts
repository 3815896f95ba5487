import type { ReportData } from '../catalog/data.ts';
import { minute } from '../format.ts';
import type { KeyFigure } from '../model/keyFigures.ts';
import type { Status } from '../model/status.ts';
import type { Element, Page } from './dom.ts';
import type { Section } from './section.ts';

/** What the page is about, as of when, and how far it can be trusted. */
export function masthead({ h }: Page, { sdkAppId, readAt }: ReportData, status: Status): Element {
  const { reasons } = status;
  return h(
    'header',
    {},
    h('p', { class: 'product' }, 'Topic Mirror'),
    h('h1', {}, `Topics of app ${sdkAppId}`),
    h(
      'p',
      { class: 'as-of' },
      h('strong', {}, status.asOf),
      ...(status.status === 'EMPTY'
        ? []
        : [' ', h('span', { class: 'badge', 'data-status': status.status }, status.status)]),
    ),
    h('p', { class: 'lead' }, status.sentence),
    reasons.length > 0
      ? h('ul', { class: 'reasons' }, ...reasons.map((reason) => h('li', {}, h('bdi', {}, reason))))
      : undefined,
    h('p', { class: 'note' }, `Read on ${minute(readAt)}. All times are UTC.`),
  );
}

export function navigation({ h }: Page, sections: readonly Section[]): Element {
  const links = sections.map(({ id, title }) =>
    h('li', {}, h('a', { href: `#${id}` }, title.replace(/ by .*/, ''))),
  );
  return h('nav', { 'aria-label': 'Sections' }, h('ul', {}, ...links));
}

export function figuresList({ h }: Page, figures: readonly KeyFigure[]): Element {
  return h(
    'dl',
    { class: 'figures' },
    ...figures.map(({ name, value, note }) =>
      h(
        'div',
        {},
        h('dt', {}, name),
        h('dd', { class: 'value' }, value),
        h('dd', { class: 'meaning' }, note),
      ),
    ),
  );
}

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['Community', 'A group of the app that is organised into topics.'],
  ['Run', 'One pass over the whole app, usually each night. COMPLETE: every community was read.'],
  [
    'Baseline',
    'The topics that a community had when it was read for the first time. They are new to the mirror, not to the app, so that they are not among the created.',
  ],
  ['Edited', 'What people set has changed: a name, a text, the picture, muting. A message is no edit.'],
  [
    'Messages',
    'All that were ever sent in a topic, by the number of its next one; new are those since the run before.',
  ],
  [
    'Missing',
    'A topic that its community no longer shows, while the API has not confirmed that it is deleted.',
  ],
  ['Held', 'Confirmed deletions that wait for a person’s approval, because they are unusually many.'],
  ['Deleted', 'The API itself said so. What the topic was is kept, and it can come back.'],
];

/** What the page's words mean. */
export function glossary({ h }: Page, { sdkAppId }: ReportData): Element {
  const entries = WORDS.flatMap(([word, meaning]) => [h('dt', {}, word), h('dd', {}, meaning)]);
  return h(
    'footer',
    {},
    h('h2', {}, 'What the words mean'),
    h('dl', { class: 'words' }, ...entries),
    h(
      'p',
      { class: 'note' },
      `Topic Mirror, app ${sdkAppId}. This file is complete in itself and loads nothing.`,
    ),
  );
}
