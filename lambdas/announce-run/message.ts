import type { RunClosedEvent } from '../../shared/events.ts';
import { yieldedLines } from '../../shared/rate/yieldedLines.ts';
import { noisyLine } from '../../shared/sync/noisy.ts';
import { approveCommand, showHeldCommand, type Target } from './commands.ts';
import { deletionLines } from './deletionLines.ts';
import type { Deletions } from './deletions.ts';
import { bytesOf, counted, duration, list, shown } from './text.ts';

/** SNS takes 256 kB (docs.aws.amazon.com, API_Publish); the rest is for the subject and the attributes. */
export const MOST_BYTES = 250_000;

/** Characters of a reason, an error or an id that a message shows. */
const SHOWN = 300;

/** Reasons that a message repeats: more than there are kinds of them. */
const NAMED_REASONS = 20;

/** Where a deployment's counters are named (infra/stageApp.ts). */
const COUNTERS_SETTING = '`counters` of the app in its stage';

export interface Message {
  /** At most 100 ASCII characters, which is what SNS takes. */
  readonly subject: string;
  /** Plain text, its lines parted by line feeds. */
  readonly body: string;
}

/** What people are told of a run that has ended. Text from topics and errors stays on the line it is put on. */
export function composeMessage(event: RunClosedEvent, deletions: Deletions, stack: string): Message {
  const target = { stack, sdkAppId: event.sdkAppId };
  const before = [...statusLines(event), '', ...figureLines(event), ...failureLines(event)];
  const after = heldLines(event, target);
  const room = MOST_BYTES - bytesOf([...before, ...after]);
  const body = [...before, ...deletionLines(event, deletions, target, room), ...after].join('\n');
  return { subject: subjectOf(event), body: `${body.toWellFormed()}\n` };
}

function subjectOf({ sdkAppId, status, summary: { topics, communities } }: RunClosedEvent): string {
  const { held } = topics;
  const { failed } = communities;
  const facts = [
    status,
    `${counted(topics.deleted, 'topic', 'topics')} deleted`,
    ...(held > 0 ? [`${counted(held, 'deletion', 'deletions')} held`] : []),
    ...(failed > 0 ? [`${counted(failed, 'community', 'communities')} failed`] : []),
  ];
  return `Topic Mirror ${sdkAppId}: ${facts.join(', ')}`.slice(0, 100);
}

function statusLines(event: RunClosedEvent): string[] {
  const { sdkAppId, status, runId, startedAt, closedAt, approvedAt, reasons, summary } = event;
  const named = reasons.slice(0, NAMED_REASONS).map((reason) => `  - ${shown(reason, SHOWN)}`);
  return [
    `Run ${runId} of the app ${sdkAppId} is ${status}${named.length > 0 ? ':' : '.'}`,
    ...named,
    `It ran from ${startedAt} to ${closedAt} (${duration(summary.elapsedMs)}).`,
    ...(approvedAt === undefined ? [] : [`What it had held was released at ${approvedAt}.`]),
  ];
}

function figureLines({ summary }: RunClosedEvent): string[] {
  const { communities, topics, messages, api, dynamodb, noisyFields = [] } = summary;
  const { calls, listCalls, retries, rateLimited, peakPerSecond } = api;
  const [written, read] = [dynamodb.writeUnits, dynamodb.readUnits].map(Math.round);
  return [
    `Communities  ${list(communities, ['listed', 'synced', 'unchanged', 'failed', 'unsupported', 'ignored', 'deleted'])}`,
    `Topics       ${list(topics, ['active', 'baseline', 'created', 'updated', 'unchanged', 'deleted', 'restored', 'missing', 'held'])}`,
    `Messages     ${messages.new} new, in ${counted(messages.topics, 'topic', 'topics')}`,
    `API          ${calls} calls (${listCalls} of them to list), ${retries} retries, ${rateLimited} rate-limited, peak ${peakPerSecond}/s`,
    `DynamoDB     ${written} write units, ${read} read units`,
    ...yieldedLines(rateLimited).flatMap((line) => ['', line]),
    ...noisyFields.flatMap((noisy) => ['', shown(noisyLine(noisy, COUNTERS_SETTING), SHOWN)]),
  ];
}

function failureLines({ failures, truncated, summary: { communities } }: RunClosedEvent): string[] {
  const { failed } = communities;
  if (failed === 0 && failures.length === 0) return [];
  const named = failures.map(({ groupId, code, message }) => {
    const text = code === undefined || message.includes(String(code)) ? message : `${code} ${message}`;
    return `  - ${shown(groupId, SHOWN)}: ${shown(text, SHOWN)}`;
  });
  const others = failed - named.length;
  return [
    '',
    `${counted(failed, 'community', 'communities')} failed; the last good snapshots stay:`,
    ...named,
    ...(others > 0 ? [`  - ${truncated ? 'more than the event could name' : `and ${others} more`}`] : []),
  ];
}

function heldLines({ runId, status, summary }: RunClosedEvent, target: Target): string[] {
  const { held } = summary.topics;
  if (status !== 'HELD' && held === 0) return [];
  return [
    '',
    `Confirmed deletions are held, ${counted(held, 'topic', 'topics')} among them: the guard lets no run delete so many.`,
    'What is held stays readable as missing until a person decides.',
    `  see it:     ${showHeldCommand(target)}`,
    `  release it: ${approveCommand(target, runId)}`,
  ];
}
