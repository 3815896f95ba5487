import type { Restore } from '../../shared/restore/intent.ts';
import type { PlannedTopic } from '../../shared/restore/plan.ts';
import { fields } from '../output/columns.ts';
import type { Result } from './carryOut.ts';

/** A planned topic as `restore --dry-run` prints it. */
export function planRecord({ groupId, topicId, topicName, deletedAt, to, action, ...planned }: PlannedTopic) {
  const { newTopicId, idChanges, why, problems, notCarried } = planned;
  return {
    groupId,
    topicId,
    ...(topicName !== undefined && { topicName }),
    ...(deletedAt !== undefined && { deletedAt }),
    toApp: to.sdkAppId,
    toGroupId: to.groupId,
    action,
    ...(newTopicId !== undefined && { newTopicId }),
    ...(idChanges !== undefined && newTopicId === undefined && { idChanges }),
    notCarried,
    ...(problems.length > 0 && { problems }),
    ...(why !== undefined && { why }),
  };
}

export type PlanRecord = ReturnType<typeof planRecord>;

export const PLAN_COLUMNS = fields<PlanRecord>(
  ...(['action', 'topicName', 'groupId', 'topicId', 'toApp', 'toGroupId'] as const),
  ...(['newTopicId', 'notCarried', 'why', 'deletedAt'] as const),
);

/** A topic as `restore` reports it: what was planned, and what became of it. */
export function reportRecord(planned: PlannedTopic, result: Result | undefined) {
  const { action, newTopicId: expected, ...plan } = planRecord(planned);
  const code = result && 'code' in result ? result.code : undefined;
  const newTopicId = result && 'topicId' in result ? result.topicId : expected;
  return {
    ...plan,
    outcome: result?.kind ?? action,
    ...(newTopicId !== undefined && { newTopicId }),
    ...(code !== undefined && { code }),
    ...(result && 'message' in result && { message: result.message }),
  };
}

export type ReportRecord = ReturnType<typeof reportRecord>;

export const REPORT_COLUMNS = fields<ReportRecord>(
  ...(['outcome', 'topicName', 'groupId', 'topicId', 'toApp', 'toGroupId'] as const),
  ...(['newTopicId', 'notCarried', 'code', 'message', 'why'] as const),
);

/** A restore as `restore --mappings` prints it. */
export function mappingRecord({ groupId, topicId, topicName, to, state, ...restore }: Restore) {
  const { newTopicId, deletedAt, doneAt, sentAt } = restore;
  return {
    groupId,
    topicId,
    ...(newTopicId !== undefined && { newTopicId }),
    toApp: to.sdkAppId,
    toGroupId: to.groupId,
    state,
    ...(topicName !== undefined && { topicName }),
    ...(deletedAt !== undefined && { deletedAt }),
    ...(doneAt !== undefined && { doneAt }),
    ...(sentAt !== undefined && { sentAt }),
  };
}

export type MappingRecord = ReturnType<typeof mappingRecord>;

export const MAPPING_COLUMNS = fields<MappingRecord>(
  ...(['topicId', 'newTopicId', 'toApp', 'toGroupId', 'state'] as const),
  ...(['topicName', 'groupId', 'deletedAt', 'doneAt', 'sentAt'] as const),
);
