import { askTopics } from '../../lambdas/sync-community/askTopics.ts';
import { ApiError, ChatError } from '../../shared/chat/index.ts';
import { remedyOf } from './remedies.ts';
import type { Trying } from './tryingClient.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly isRight: boolean;
  /** A sentence or two: what was found, and what to do about it. */
  readonly said: string;
  /** The error behind it. */
  readonly error?: ChatError;
}

/** Communities of which the topics are asked for, until one answers: a single one may be of a kind without topics. */
export const TRIED = 3;

/** Asks the API for its list, and for the topics of a community. It writes nothing. Ends at the first thing that is wrong. */
export async function* checkApi({ app, endpoint, chat }: Trying): AsyncGenerator<Finding> {
  const host = new URL(endpoint).host;
  const who = `app ${app.sdkAppId} at ${host}, as ${app.identifier}`;
  yield { what: 'settings', isRight: true, said: who };
  let groupIds: readonly string[];
  try {
    const page = await chat.listGroups({ limit: TRIED, next: 0n, groupType: 'Community' });
    groupIds = page.groupIds;
    yield { what: 'list', isRight: true, said: `the app has ${page.totalCount} communities` };
  } catch (error) {
    yield wrong('list', error);
    return;
  }
  yield await checkTopics({ chat }, groupIds);
}

/**
 * Asks for the topics of some communities until one of them answers.
 * @throws what is no error of the API
 */
export async function checkTopics(
  { chat }: Pick<Trying, 'chat'>,
  groupIds: readonly string[],
): Promise<Finding> {
  let failure: unknown;
  for (const groupId of groupIds.slice(0, TRIED)) {
    try {
      const { topics } = await askTopics(chat, groupId, {});
      return { what: 'topics', isRight: true, said: `${groupId} has ${topics.length} topics` };
    } catch (error) {
      failure ??= error;
      // What is no community's own is no other's either.
      if (!(error instanceof ChatError) || error.treatment !== 'skip') break;
    }
  }
  if (failure !== undefined) return wrong('topics', failure);
  return { what: 'topics', isRight: true, said: 'there is no community to ask for topics' };
}

function wrong(what: string, error: unknown): Finding {
  if (!(error instanceof ChatError)) throw error;
  const remedy = error instanceof ApiError ? remedyOf(error.code) : undefined;
  return { what, isRight: false, said: [error.message, remedy].filter(Boolean).join(' '), error };
}
