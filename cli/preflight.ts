import { ApiError } from '../shared/chat/index.ts';
import { ENV, type Environment } from '../shared/config.ts';
import { LIST_REST_MS } from '../shared/rate/budget.ts';
import { checkTopics, TRIED } from './check/checkApi.ts';
import { tryingClient } from './check/tryingClient.ts';
import { CommandError, explain } from './exit.ts';

/** What the first call of a command has shown. */
export interface Preflight {
  /** Epoch milliseconds before which the list may not be asked again. */
  readonly listAgainAt: number;
  /**
   * Asks for the topics of one community: for a first night, which would ask for those of all others in vain.
   * @param warn told when communities have no topics, which may be so
   * @throws {CommandError} when no call for any community can succeed
   */
  lookAtTopics(warn: (line: string) => void): Promise<void>;
}

/**
 * Tries the settings on the API before anything is written: one call of the list, few ids long. A wrong key, a
 * wrong region or an account without admin rights shows here.
 * @throws {ConfigError} for settings that are missing or wrong, {@link ChatError} for what the API says of them
 */
export async function preflight(env: Environment): Promise<Preflight> {
  const trying = tryingClient(env);
  try {
    const { groupIds } = await trying.chat.listGroups({ limit: TRIED, next: 0n, groupType: 'Community' });
    return {
      listAgainAt: Date.now() + LIST_REST_MS,
      lookAtTopics: async (warn) => {
        const { isRight, said, error } = await checkTopics(trying, groupIds);
        if (error?.treatment === 'fatal') throw new CommandError(said, explain(error).exitCode);
        if (!isRight) warn(said);
      },
    };
  } catch (error) {
    throw error instanceof ApiError && error.treatment === 'fatal' ? refused(error) : error;
  }
}

/** The API answered, and will not have these settings: the likely ones are named. */
function refused({ message }: ApiError): CommandError {
  const settings = [ENV.secretKey, ENV.sdkAppId, ENV.identifier, ENV.region];
  return new CommandError(`${message} Check ${settings.join(', ')}.`);
}
