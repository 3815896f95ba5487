import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../shared/catalog/store.ts';

/** A store whose every write is carried out twice, as the SDK repeats one whose first answer was lost. */
export function withLostAnswers({ client, ...store }: Store): Store {
  const send = async (command: object) => {
    const once = () => client.send(command as Parameters<DynamoDBClient['send']>[0]);
    if (isWrite(command)) await once().catch(() => {});
    return once();
  };
  return { ...store, client: { send } as unknown as DynamoDBClient };
}

function isWrite({ constructor: { name } }: object): boolean {
  return /^((Update|Put|Delete|BatchWrite)Item|BatchExecuteStatement)/.test(name);
}
