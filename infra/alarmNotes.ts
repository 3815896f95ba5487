/**
 * What each alarm says to whoever it wakes. The title is part of the alarm's name, and of the runbook's entry that
 * the alarm links to.
 */
export interface AlarmNote {
  readonly title: string;
  readonly meaning: string;
  readonly impact: string;
}

/** Alarms that each app has. */
export const APP_NOTES = {
  deletedTopics: {
    title: 'deleted topics',
    meaning: 'The API answered that topics or communities are deleted (110003, 10010).',
    impact: 'People in the app have lost these topics; the mirror has their last snapshots.',
  },
  held: {
    title: 'deletions held',
    meaning: 'The last run confirmed more deletions than the guard lets through, and deleted none.',
    impact: 'Deleted topics stay readable as missing until someone approves the run.',
  },
  deadLetters: {
    title: 'dead letters',
    meaning: 'A dead-letter queue of the app holds messages that nobody could work off.',
    impact: 'A community was not synced, a run was not closed, or a night did not begin.',
  },
  oldMessages: {
    title: 'old messages',
    meaning: 'A community has waited in the queue for longer than a run should take.',
    impact: 'The run is late, and may still be under way when people want its data.',
  },
  noRun: {
    title: 'no run closed',
    meaning: 'No run of the app was closed since the one before should have been followed.',
    impact: 'The catalog grows old; deletions of today are not noticed.',
  },
  incomplete: {
    title: 'run incomplete',
    meaning: 'The last run could not read every community, or the list cannot be trusted.',
    impact: 'Some communities keep the snapshots of an earlier night.',
  },
  authentication: {
    title: 'authentication failures',
    meaning: 'The API refuses the key, the account or the SDKAppID, even after the secret was read again.',
    impact: 'The run is halted: nothing of the app is mirrored until this is put right.',
  },
  rateLimited: {
    title: 'rate limited',
    meaning: 'The API answers that calls come too fast, although the mirror keeps to its budget.',
    impact: 'The run is slower, and another user of the same key may be refused as well.',
  },
  eventsLost: {
    title: 'events lost',
    meaning: 'Changes or the end of a run could not become events: unreadable, or refused by the bus.',
    impact: 'Subscribers were not told of them, and will not be; the catalog has it all.',
  },
  errors: {
    title: 'function errors',
    meaning: 'The functions of the app fail as a whole, again and again.',
    impact: 'Work is repeated; what fails five times becomes a dead letter.',
  },
  functionThrottles: {
    title: 'functions throttled',
    meaning:
      'Lambda had no room for the functions of the app, again and again: the account’s concurrency is used up.',
    impact: 'The run is slower; a community whose messages find no room five times becomes a dead letter.',
  },
  droppedSlots: {
    title: 'slots dropped',
    meaning: 'Consumers came too late for 5 % of the calls that the budget allows, and let them go.',
    impact: 'The run is slower than its budget; nothing is lost.',
  },
} as const satisfies Record<string, AlarmNote>;

/** Alarms on what all apps of a deployment share. */
export const STACK_NOTES = {
  eventErrors: {
    title: 'event function errors',
    meaning: 'The functions that publish events and send summaries fail, again and again.',
    impact: 'Change events and summaries are late; the mirror itself goes on.',
  },
  eventDeadLetters: {
    title: 'event dead letters',
    meaning: 'Changes or ends of runs were given up before anyone was told of them.',
    impact: 'Subscribers miss events, or people a summary; the catalog has it all.',
  },
  exports: {
    title: 'exports lost',
    meaning: 'An export of the table to S3 could not be asked for, in spite of repeats.',
    impact: 'The bucket lacks a day of changes, or the full export of a month; the table has it all.',
  },
  tableThrottles: {
    title: 'table throttled',
    meaning:
      'DynamoDB turned away at least 100 reads and writes of the table or of its indexes in five minutes.',
    impact:
      'Writes are repeated and runs are slower; what is turned away for too long becomes a dead letter.',
  },
  lag: {
    title: 'events late',
    meaning: 'The oldest change in the stream has waited for over an hour.',
    impact: 'Events and alarms on runs are late; after 24 hours changes are given up.',
  },
} as const satisfies Record<string, AlarmNote>;

/** Anchor of an alarm's entry in the runbook, as Markdown makes it of the heading. */
export function anchorOf({ title }: Pick<AlarmNote, 'title'>): string {
  return title.replaceAll(' ', '-');
}

/** The alarm's description, which the e-mail shows. */
export function describe(note: AlarmNote, runbookUrl: string): string {
  return `${note.meaning}\nImpact: ${note.impact}\nRunbook: ${runbookUrl}#${anchorOf(note)}`;
}
