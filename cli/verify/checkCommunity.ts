import { askTopics, inParts } from '../../lambdas/sync-community/askTopics.ts';
import type { Community } from '../../shared/catalog/community.ts';
import type { Catalog } from '../../shared/catalog/index.ts';
import {
  ApiError,
  type ChatClient,
  ChatError,
  CODES,
  mayMeanNoTopics,
  type TopicAnswer,
} from '../../shared/chat/index.ts';
import { settle } from '../../shared/settle.ts';
import { type Asked, compareCommunity, type Mirrored } from './compareCommunity.ts';
import type { Difference } from './difference.ts';

/** What checking a community needs of the world: it reads, and writes nothing. */
export interface CheckParts {
  readonly catalog: Pick<Catalog, 'readCommunity' | 'topicsOf'>;
  readonly chat: Pick<ChatClient, 'getTopics'>;
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** One community, compared. */
export interface Checked {
  readonly groupId: string;
  /** Topics of the API's answer. */
  readonly topics: number;
  readonly differences: readonly Difference[];
  /** Neither side knows the community. */
  readonly isNowhere: boolean;
  /** The API gave no answer that could be compared, for a reason that may pass. */
  readonly unanswered?: string;
}

/** How often a community is compared that a run is writing meanwhile, and how long that is given. */
const ATTEMPTS = 3;
const WRITING_MS = 500;

/**
 * Compares what the catalog holds of a community with a new answer of the API. When they differ and a consumer has been
 * at the community meanwhile, both are read again: two looks at different times are no difference.
 * @throws {ChatError} for an error that no other community's call would be spared
 */
export async function checkCommunity(parts: CheckParts, groupId: string): Promise<Checked> {
  for (let attempt = 1; ; attempt++) {
    const mirrored = await mirroredOf(parts, groupId);
    const asked = await ask(parts, groupId, mirrored);
    const differences = compareCommunity(groupId, mirrored, asked);
    const after = differences.length > 0 ? await stampOf(parts, groupId) : mirrored.stamp;
    if (isSame(mirrored.stamp, after) || attempt === ATTEMPTS)
      return checked(groupId, mirrored, asked, differences);
    await parts.sleep(WRITING_MS);
  }
}

function checked(groupId: string, { stamp }: Mirrored, asked: Asked, differences: Difference[]): Checked {
  const topics = asked.status === 'active' ? asked.topics.length : 0;
  const isNowhere = !stamp && asked.status === 'gone';
  const isUnanswered = asked.status === 'unreadable' && asked.code === undefined;
  const counted = { groupId, topics, isNowhere };
  return isUnanswered
    ? { ...counted, differences: [], unanswered: asked.message }
    : { ...counted, differences };
}

async function mirroredOf(parts: CheckParts, groupId: string): Promise<Mirrored> {
  const stamp = await stampOf(parts, groupId);
  const topics = await Array.fromAsync(parts.catalog.topicsOf(groupId, { consistent: true }));
  return { stamp, topics };
}

function stampOf({ catalog }: CheckParts, groupId: string): Promise<Community | undefined> {
  return catalog.readCommunity(groupId, { consistent: true });
}

/** Whether nobody has been at a community between two looks, nor is now. */
function isSame(before: Community | undefined, after: Community | undefined): boolean {
  if (after?.writer !== undefined) return false;
  const [one, other] = [before, after].map((stamp) => [
    stamp?.lastSyncedAt,
    stamp?.status,
    stamp?.deletions?.deleted,
  ]);
  return JSON.stringify(one) === JSON.stringify(other);
}

async function ask(parts: CheckParts, groupId: string, { topics }: Mirrored): Promise<Asked> {
  const requestedAt = parts.now();
  const asked = await settle(askTopics(parts.chat, groupId, {}));
  if ('error' in asked) return refusal(asked.error, requestedAt);
  const named = new Set([...asked.value.topics, ...asked.value.failures].map(({ topicId }) => topicId));
  const absent = topics.filter(({ topicId, status }) => status === 'active' && !named.has(topicId));
  const ids = absent.map(({ topicId }) => topicId);
  return {
    status: 'active',
    ...asked.value,
    ...(ids.length > 0 && { absent: await byId(parts, groupId, ids) }),
  };
}

/** What the API says of topics that its answer does not show: a tombstone needs that word, too. */
async function byId(
  { chat }: CheckParts,
  groupId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const asked = await settle(inParts(chat, groupId, ids, {}));
  if ('error' in asked) return new Map();
  return new Map([...wordsOf(asked.value)]);
}

function* wordsOf({ topics, failures }: TopicAnswer): Generator<[string, string]> {
  for (const { topicId } of topics)
    yield [topicId, 'not in the answer, yet there when it is asked for by id'];
  for (const { topicId, code, info } of failures) yield [topicId, `${code ?? info}`];
}

/** @throws the error when it is not about this community */
function refusal(error: unknown, requestedAt: number): Asked {
  if (!(error instanceof ChatError) || error.treatment === 'fatal') throw error;
  const { message } = error;
  if (!(error instanceof ApiError)) return { status: 'unreadable', requestedAt, message };
  const { code, treatment } = error;
  if (code === CODES.gone) return { status: 'gone', requestedAt };
  if (mayMeanNoTopics(code)) return { status: 'unsupported', requestedAt };
  const mayPass = treatment === 'retry' || treatment === 'slow-down';
  return { status: 'unreadable', requestedAt, message, ...(!mayPass && { code }) };
}
