import { describeCode } from '../../../shared/chat/index.ts';
import { printable } from '../../../shared/printable.ts';
import type { CommunityFacts, ReportData } from '../catalog/data.ts';
import { count, minute, minuteOfSeconds } from '../format.ts';
import type { TableData } from '../tableData.ts';
import type { Element, Page } from './dom.ts';
import { ranking } from './ranking.ts';
import { type Section, section } from './section.ts';
import { staticTable } from './staticTable.ts';
import { tableHolder } from './table.ts';

/** Communities that fail, the largest, the quietest, and all of them. */
export function communitiesSection(page: Page, data: ReportData, table: TableData): Section {
  const { h } = page;
  const { census } = data;
  const largest = census.largest.map(({ community, messages }) => ({
    key: community.groupId,
    label: printable(community.groupId),
    about: `${count(messages)} messages`,
    value: community.topicCount,
  }));
  return section(
    page,
    'communities',
    'Communities',
    failing(page, census.failing.kept, census.failing.all),
    h(
      'div',
      { class: 'halves' },
      largest.length > 0
        ? ranking(
            page,
            'Largest',
            'By their active topics.',
            ['Community', 'Messages', 'Topics'],
            largest,
            'half',
          )
        : undefined,
      census.quietest.length > 0 ? quietest(page, census.quietest) : undefined,
    ),
    tableHolder(page, table, census.communities.all, 'the largest'),
  );
}

/** Failures that are named; the table of communities has all of them. */
const NAMED = 20;

function failing(page: Page, kept: readonly CommunityFacts[], all: number): Element {
  const { h } = page;
  if (all === 0) return h('p', { class: 'good' }, 'Every community that has topics could be read.');
  const rows = kept.slice(0, NAMED).map(({ community }) => {
    const { groupId, failingSince, lastErrorCode, lastError = '' } = community;
    const why = lastErrorCode === undefined ? lastError : describeCode(lastErrorCode, 'get_topic');
    return h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'id' }, h('bdi', {}, printable(groupId))),
      h('td', { class: 'instant' }, failingSince === undefined ? '–' : minute(failingSince)),
      h('td', { class: 'text' }, h('bdi', {}, printable(why))),
    );
  });
  const title = `${count(all)} ${all === 1 ? 'community' : 'communities'} could not be read`;
  return h(
    'div',
    { class: 'failing' },
    h('h3', {}, title),
    h(
      'p',
      { class: 'meaning' },
      `What was read of them before is kept.${all > NAMED ? ` The first ${NAMED}:` : ''}`,
    ),
    staticTable(page, title, ['Community', 'Since', 'Why'], undefined, rows),
  );
}

function quietest(page: Page, communities: readonly CommunityFacts[]): Element {
  const { h } = page;
  const rows = communities.map(({ community, lastMessageAt }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'id' }, h('bdi', {}, printable(community.groupId))),
      h('td', { class: 'figure' }, count(community.topicCount)),
      h(
        'td',
        { class: 'instant' },
        lastMessageAt === undefined ? 'none yet' : minuteOfSeconds(lastMessageAt),
      ),
    ),
  );
  return h(
    'div',
    {},
    h('h3', {}, 'Quietest'),
    h('p', { class: 'meaning' }, 'With topics, and the longest without a message.'),
    staticTable(page, 'Quietest communities', ['Community', 'Topics', 'Last message'], 'Topics', rows),
  );
}
