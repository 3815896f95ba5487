import { ApiError, NoTurnError, TransportError } from '../../../shared/chat/errors.ts';
import { customTopicIdProblem, type ImportTopicRequest } from '../../../shared/chat/importTopic.ts';
import type { TopicFields } from '../../../shared/chat/types.ts';
import type { Restore, RestoreId } from '../../../shared/restore/intent.ts';
import type { RestoreParts } from '../../../shared/restore/parts.ts';

/** What befalls one call of import_topic. */
export type Accident = 'none' | 'lost-after' | 'lost-before' | 'refused' | 'no-turn';

/** What a killed command is ended by. */
export class Killed extends Error {}

/** An API and a table in memory, with a clock that only sleeping moves. */
export interface Model {
  readonly topics: Map<string, TopicFields>;
  readonly restores: Map<string, Restore>;
  /** The parts of one command. @param dieAfter operations after which it is killed */
  command(owner: string, options?: CommandOptions): RestoreParts;
  /** Moves the clock. */
  pass(ms: number): void;
}

export interface CommandOptions {
  readonly accidents?: readonly Accident[];
  readonly dieAfter?: number;
  /** Lets others go first at each operation. */
  readonly turn?: () => Promise<unknown>;
}

const keyOf = ({ groupId, topicId, to }: RestoreId) => JSON.stringify([groupId, topicId, to]);

export function createModel(): Model {
  const topics = new Map<string, TopicFields>();
  const restores = new Map<string, Restore>();
  let time = Date.parse('2026-11-22T02:00:00.000Z');
  let marks = 0;

  const add = ({ groupId, topicId, ...fields }: ImportTopicRequest): string => {
    const id = topicId ?? `${groupId}@TOPIC#_@TOPIC#c${topics.size}`;
    if (topics.has(id)) throw new ApiError({ api: 'import_topic', groupId }, 10021, '');
    if (topicId !== undefined && customTopicIdProblem(groupId, topicId))
      throw new ApiError({ api: 'import_topic', groupId }, 10004, '');
    topics.set(id, { topicId: id, ...fields });
    return id;
  };

  const command: Model['command'] = (owner, { accidents = [], dieAfter = Infinity, turn } = {}) => {
    const left = [...accidents];
    let operations = 0;
    const step = async () => {
      await turn?.();
      if (++operations > dieAfter) throw new Killed();
    };
    const lost = () => new TransportError({ api: 'import_topic' }, 'the connection was lost');
    return {
      owner,
      read: async (id) => {
        await step();
        return restores.get(keyOf(id));
      },
      put: async (next, seen) => {
        await step();
        if (restores.get(keyOf(next))?.mark !== seen?.mark) return false;
        restores.set(keyOf(next), next);
        return true;
      },
      importTopic: async (request, { deadline = Infinity }) => {
        await step();
        const accident = left.shift() ?? 'none';
        if (accident === 'no-turn') time = Math.max(time, deadline + 1);
        if (time > deadline) throw new NoTurnError({ api: 'import_topic' });
        if (accident === 'refused') throw new ApiError({ api: 'import_topic' }, 80001, '');
        if (accident === 'lost-before') throw lost();
        const topicId = add(request);
        // It may be killed between the call and its answer.
        await step();
        if (accident === 'lost-after') throw lost();
        return { topicId };
      },
      look: async () => {
        await step();
        return { topics: [...topics.values()], failures: [], unattributed: [] };
      },
      lookFor: async (_groupId, topicId) => {
        await step();
        return topics.get(topicId);
      },
      restoresInto: async () => {
        await step();
        return [...restores.values()];
      },
      knownBefore: async () => [],
      now: () => time,
      sleep: async (ms) => {
        time += ms;
        await turn?.();
      },
      mark: () => String(++marks),
    };
  };
  return {
    topics,
    restores,
    command,
    pass: (ms) => {
      time += ms;
    },
  };
}
