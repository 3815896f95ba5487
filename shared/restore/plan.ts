import type { ImportTopicRequest } from '../chat/importTopic.ts';
import type { Snapshot } from '../sync/snapshot.ts';
import { joinDetails } from '../sync/split.ts';
import {
  contentOf,
  type FieldProblem,
  importRequestOf,
  type NotCarried,
  notCarried,
  problemsOf,
} from './carried.ts';
import { isDone, type Place, type Restore, type Wanted } from './intent.ts';
import { newIdOf } from './topicIds.ts';

/**
 * create: to be put there · done: an earlier restore has · live: it was never gone · left-out: it cannot be, `why`
 * says it.
 */
export type Action = 'create' | 'done' | 'live' | 'left-out';

/** What is to become of one topic. */
export interface PlannedTopic extends Wanted {
  readonly action: Action;
  readonly request: ImportTopicRequest;
  /** The id that it has there, as far as it is known before the call. */
  readonly newTopicId?: string;
  /** Why Tencent makes up another id: completes "its id …". */
  readonly idChanges?: string;
  readonly notCarried: readonly NotCarried[];
  readonly problems: readonly FieldProblem[];
  /** Why it is left out; a clause. */
  readonly why?: string;
  /** What is stored of an earlier attempt. */
  readonly stored?: Restore;
}

/** How topics are put back. */
export interface Manner {
  /** To another community or app than their own. */
  readonly isCopy: boolean;
  /** Tencent makes up every id. */
  readonly newIds: boolean;
}

/**
 * Plans one topic. In its own community only a tombstone is put back; elsewhere a topic is copied as the mirror has it,
 * live or deleted.
 * @param stored what an earlier restore of it has stored
 */
export function planTopic(
  snapshot: Snapshot,
  to: Place,
  { isCopy, newIds }: Manner,
  stored: Restore | undefined,
): PlannedTopic {
  const { groupId, topicId, profile, deletedAt } = snapshot;
  const id = newIdOf(groupId, topicId, to.groupId, newIds);
  const request = importRequestOf(profile, to.groupId, id.topicId);
  const problems = problemsOf(request);
  const wanted: Wanted = {
    ...{ groupId, topicId, to, content: contentOf(request) },
    ...(!isCopy && deletedAt !== undefined && { deletedAt }),
    ...(profile.topicName !== undefined && { topicName: profile.topicName }),
  };
  const known = isDone(stored, wanted) ? stored?.newTopicId : id.topicId;
  return {
    ...wanted,
    ...actionFor(snapshot, isCopy, isDone(stored, wanted), problems),
    request,
    ...(known !== undefined && { newTopicId: known }),
    ...(id.topicId === undefined && { idChanges: id.why }),
    notCarried: notCarried(joinDetails(profile, snapshot.activity)),
    problems,
    ...(stored && { stored }),
  };
}

function actionFor(
  { status }: Snapshot,
  isCopy: boolean,
  isThere: boolean,
  problems: readonly FieldProblem[],
): Pick<PlannedTopic, 'action' | 'why'> {
  if (!isCopy && status === 'active') return { action: 'live' };
  if (!isCopy && status === 'missing') return { action: 'left-out', why: MISSING };
  if (isThere) return { action: 'done' };
  if (problems.length === 0) return { action: 'create' };
  return { action: 'left-out', why: problems.map(({ message }) => message).join('; ') };
}

const MISSING =
  'it is missing, not confirmed as deleted: the next sync asks for it again, or "deletions" shows it as held';
