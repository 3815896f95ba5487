import { printable } from '../../../shared/printable.ts';
import { type ClosedRun, newestClosed, type ReportData } from '../catalog/data.ts';
import { count } from '../format.ts';
import { messagePanels } from '../model/panels.ts';
import type { Timeline } from '../model/periods.ts';
import type { Element, Page } from './dom.ts';
import { panelGrid } from './panels.ts';
import { ranking } from './ranking.ts';
import { note, type Section, section } from './section.ts';

/** What was said, and where most. */
export function activitySection(page: Page, data: ReportData, timeline: Timeline): Section {
  const asOf = newestClosed(data);
  return section(
    page,
    'activity',
    `Messages by ${timeline.grain}`,
    panelGrid(page, messagePanels(timeline), 'pairs'),
    asOf && (data.active.length > 0 ? busiest(page, data) : note(page, whyNone(asOf))),
  );
}

function busiest(page: Page, { active }: ReportData): Element {
  const rows = active.map(({ groupId, topicId, topicName = '', newMessages }) => ({
    key: `${groupId} ${topicId}`,
    label: printable(topicName) || 'no name',
    about: printable(topicId),
    value: newMessages,
  }));
  const meaning = 'New messages in the last run; of a topic created since the run before, all that it had.';
  return ranking(page, 'Most active topics', meaning, ['Topic', 'Id', 'Messages'], rows, 'whole');
}

function whyNone({ summary: { messages, topics } }: ClosedRun): string {
  if (messages.new > 0)
    return `Which topics the ${count(messages.new)} new messages of the last run came to is not kept.`;
  return topics.baseline > 0
    ? 'What a community’s first answer shows was there before: its messages are counted from the second on.'
    : 'The last run found no new message in any topic.';
}
