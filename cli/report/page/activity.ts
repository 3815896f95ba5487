import { printable } from '../../../shared/printable.ts';
import { newestClosed, type ReportData } from '../catalog/data.ts';
import type { Page } from './dom.ts';
import { ranking } from './ranking.ts';
import { note, type Section, section } from './section.ts';

/** The topics with the most new messages. */
export function activitySection(page: Page, data: ReportData): Section {
  const { active } = data;
  const title = 'Most active topics';
  if (!newestClosed(data)) return section(page, 'activity', title, note(page, 'No run has ended yet.'));
  if (active.length === 0)
    return section(page, 'activity', title, note(page, 'The last run found no new message in any topic.'));
  const isAllNew = active.every(({ kind }) => kind === 'created');
  const meaning = isAllNew
    ? 'All their messages so far: these topics were new to the mirror.'
    : active.some(({ kind }) => kind === 'created')
      ? 'Messages since the run before; of a new topic, all that it had (marked “new”).'
      : 'Messages since the run before.';
  const rows = active.map(({ groupId, topicId, topicName = '', newMessages, kind }) => ({
    key: `${groupId} ${topicId}`,
    label: `${printable(topicName) || 'no name'}${kind === 'created' && !isAllNew ? ' (new)' : ''}`,
    about: printable(topicId),
    value: newMessages,
  }));
  return section(
    page,
    'activity',
    title,
    ranking(page, 'New messages in the last run', meaning, ['Topic', 'Id', 'Messages'], rows, 'whole'),
  );
}
