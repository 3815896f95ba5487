import { basePartsFrom } from '../../lambdas/parts/base.ts';
import { addressFrom, chatPartsFrom } from '../../lambdas/parts/chat.ts';
import { type ChatClient, ChatError, createChatClient } from '../../shared/chat/index.ts';
import { DEFAULT_SECRET_KEY } from '../../simulator/index.ts';
import type { Cell } from './cells.ts';
import { answerParent } from './measured.ts';
import { createStaticShare } from './staticShare.ts';

/** What a consumer did in the measured stretch. */
export interface Called {
  /** Calls that were sent. */
  readonly calls: number;
  /** Communities that could not be read in spite of the client's retries. */
  readonly failed: number;
}

/**
 * One consumer in a process of its own, wired like the deployed one: asks for the topics of the communities it is
 * told, so many at once, until it is stopped. Sends the word when the first answer is there.
 */
const [pacing, consumers = '', inFlight = '', groupIds = ''] = process.argv.slice(2) as [Cell['pacing']];
const secretKey = async () => DEFAULT_SECRET_KEY;
let counted = { calls: 0, failed: 0 };

const base = basePartsFrom(process.env);
const onCall = () => void counted.calls++;
const chat =
  pacing === 'mirror' ? chatPartsFrom(process.env, base, { secretKey, onCall }).chat : staticallyPaced();

answerParent<Called>({
  begin: () => {
    counted = { calls: 0, failed: 0 };
  },
  end: () => counted,
});
const ids = groupIds.split(',');
let asked = 0;
const callers = Array.from({ length: Number(inFlight) }, callForEver);
await Promise.race(callers.map(({ first }) => first));
process.send?.('calling');
await Promise.all(callers.map(({ all }) => all));

function callForEver(): { first: Promise<void>; all: Promise<never> } {
  const first = callOnce();
  const all = first.then(async () => {
    for (;;) await callOnce();
  });
  return { first, all };
}

async function callOnce(): Promise<void> {
  const groupId = ids[asked++ % ids.length] as string;
  try {
    await chat.getTopics({ groupId });
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    counted.failed++;
  }
}

function staticallyPaced(): ChatClient {
  const { sdkAppId, identifier, callsPerSecond } = base.app;
  const share = createStaticShare(callsPerSecond / Number(consumers));
  const gate = () => share().then(onCall);
  return createChatClient({ sdkAppId, identifier, ...addressFrom(process.env), secretKey, gate });
}
