import type { ReportData } from '../catalog/data.ts';
import { baselineNote } from '../model/baseline.ts';
import { keyFiguresOf } from '../model/keyFigures.ts';
import { changePanels, growthPanels, runPanels } from '../model/panels.ts';
import { timelineOf } from '../model/periods.ts';
import { statusOf } from '../model/status.ts';
import { tablesOf } from '../model/tables.ts';
import type { TableData } from '../tableData.ts';
import { activitySection } from './activity.ts';
import { type Assets, policyFor } from './assets.ts';
import { communitiesSection } from './communities.ts';
import { createPage, type Element, type Page } from './dom.ts';
import { figuresList, glossary, masthead, navigation } from './front.ts';
import { GENERATOR } from './generator.ts';
import { panelGrid } from './panels.ts';
import { note, type Section, section } from './section.ts';
import { tableHolder } from './table.ts';

/** The page of a report: one file that needs nothing else. */
export function pageOf(data: ReportData, assets: Assets): string {
  const page = createPage();
  const { h } = page;
  const sections = data.runs.length === 0 ? [] : sectionsOf(page, data);
  fillHead(page, data, assets);
  page.body.append(
    h('a', { class: 'skip', href: '#content' }, 'Skip to the figures'),
    masthead(page, data, statusOf(data)),
    ...(sections.length > 0 ? [navigation(page, sections)] : []),
    h(
      'main',
      { id: 'content', tabindex: '-1' },
      sections.length > 0
        ? figuresList(page, keyFiguresOf(data))
        : note(page, 'Once a first run has ended, this page shows what it found: npm run -s mirror -- sync'),
      ...sections.map(({ element }) => element),
    ),
    glossary(page, data),
    ...(sections.length > 0 ? tablesOf(data).map((table) => embedded(page, table)) : []),
    h('script', {}, assets.script),
  );
  return page.toString();
}

function fillHead({ h, head }: Page, { sdkAppId }: ReportData, assets: Assets): void {
  head.append(
    h('meta', { name: 'generator', content: GENERATOR }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: policyFor(assets) }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'referrer', content: 'no-referrer' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', {}, `Topic Mirror · app ${sdkAppId}`),
    h('style', {}, assets.style),
  );
}

function sectionsOf(page: Page, data: ReportData): Section[] {
  const timeline = timelineOf(data);
  const baseline = baselineNote(timeline);
  const [communities, topics, deleted, runs] = tablesOf(data) as [TableData, TableData, TableData, TableData];
  return [
    section(page, 'growth', `Growth by ${timeline.grain}`, panelGrid(page, growthPanels(timeline), 'pairs')),
    section(
      page,
      'changes',
      `Changes by ${timeline.grain}`,
      panelGrid(page, changePanels(timeline), 'quarters'),
      baseline === undefined ? undefined : note(page, baseline),
    ),
    activitySection(page, data, timeline),
    communitiesSection(page, data, communities),
    section(
      page,
      'topics',
      'Topics',
      tableHolder(page, topics, data.census.topics.all, 'those with the most messages'),
    ),
    section(
      page,
      'deleted',
      'Deleted topics',
      tableHolder(page, deleted, data.census.deleted.all, 'the newest'),
    ),
    section(
      page,
      'runs',
      'Runs',
      panelGrid(page, runPanels(data), 'thirds'),
      tableHolder(page, runs, data.runs.length, 'the newest'),
    ),
  ];
}

/** A table's data as the page's script reads it: no text in it can end the element that holds it. */
function embedded({ h }: Page, table: TableData): Element {
  const json = JSON.stringify(table).replaceAll('<', '\\u003c');
  return h('script', { type: 'application/json', id: `${table.id}-data` }, json);
}
