/** text: any text · json: JSON text, an object's keys in alphabetical order · integer: 64 bits · boolean. */
export type ColumnType = 'text' | 'json' | 'integer' | 'boolean';

/** One column of an exported table. */
export interface ExportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether every row has it; otherwise it is null where the record lacks the field. */
  readonly required?: true;
}

/**
 * The exported tables, their columns under the names that the command line prints. Times of the mirror are text, ISO 8601
 * UTC with milliseconds, so that they are the same in every format and sort as they are; times of the API are seconds
 * since the epoch, as it gives them.
 */
export const TABLES = {
  topics: [
    { name: 'groupId', type: 'text', required: true },
    { name: 'topicId', type: 'text', required: true },
    { name: 'topicName', type: 'text' },
    { name: 'introduction', type: 'text' },
    { name: 'notification', type: 'text' },
    { name: 'faceUrl', type: 'text' },
    { name: 'customString', type: 'text' },
    { name: 'createTime', type: 'integer' },
    { name: 'lastMsgTime', type: 'integer' },
    { name: 'nextMsgSeq', type: 'integer' },
    { name: 'muteAllMember', type: 'boolean' },
    { name: 'status', type: 'text', required: true },
    { name: 'firstSeenAt', type: 'text', required: true },
    { name: 'lastChangedAt', type: 'text', required: true },
    { name: 'missingSince', type: 'text' },
    { name: 'deletedAt', type: 'text' },
    { name: 'deletedCode', type: 'integer' },
    { name: 'restoredAs', type: 'text' },
    { name: 'restoredFrom', type: 'text' },
    { name: 'extra', type: 'json' },
  ],
  communities: [
    { name: 'groupId', type: 'text', required: true },
    { name: 'status', type: 'text', required: true },
    { name: 'topicCount', type: 'integer', required: true },
    { name: 'lastSyncedAt', type: 'text' },
    { name: 'lastRunId', type: 'text' },
    { name: 'lastErrorCode', type: 'integer' },
    { name: 'failingSince', type: 'text' },
    { name: 'ignoredAt', type: 'text' },
    { name: 'ignoredReason', type: 'text' },
  ],
  activity: [
    { name: 'runId', type: 'text', required: true },
    { name: 'groupId', type: 'text', required: true },
    { name: 'topicId', type: 'text', required: true },
    { name: 'newMessages', type: 'integer', required: true },
    { name: 'nextMsgSeq', type: 'integer', required: true },
  ],
  changes: [
    { name: 'observedAt', type: 'text', required: true },
    { name: 'runId', type: 'text', required: true },
    { name: 'kind', type: 'text', required: true },
    { name: 'groupId', type: 'text', required: true },
    { name: 'topicId', type: 'text', required: true },
    { name: 'before', type: 'json' },
    { name: 'after', type: 'json' },
    { name: 'restoredAs', type: 'text' },
    { name: 'restoredFrom', type: 'text' },
  ],
  runs: [
    { name: 'runId', type: 'text', required: true },
    { name: 'status', type: 'text', required: true },
    { name: 'startedAt', type: 'text', required: true },
    { name: 'closedAt', type: 'text' },
    { name: 'reasons', type: 'json' },
    { name: 'failures', type: 'json' },
    { name: 'summary', type: 'json' },
  ],
} as const satisfies Record<string, readonly ExportColumn[]>;

export type TableName = keyof typeof TABLES;

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
