import type { MessagePort } from 'node:worker_threads';

/** An operation that a thread asks for, and the answer: JSON costs less than copies of the objects. */
interface Question {
  readonly id: number;
  readonly operation: string;
  readonly input: string;
}

interface Answer {
  readonly id: number;
  /** As that of an HTTP answer. */
  readonly status: number;
  readonly body: string;
}

/** What is said in the place of answers once there will be none. */
interface Failed {
  readonly failed: string;
}

/** Asks the store in the other thread. @returns status and JSON of its answer @throws when it has failed or been closed */
export type AskStore = (operation: string, input: string) => Promise<Pick<Answer, 'status' | 'body'>>;

/**
 * The asking end of a channel to the store.
 * @param troubleOf the error that tells a user of the store's failure
 * @returns besides the way to ask, what aborts with that error, before any question is refused with it
 */
export function askThrough(
  port: MessagePort,
  troubleOf: (detail: string) => Error,
): { readonly ask: AskStore; readonly failed: AbortSignal } {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  const failing = new AbortController();
  let asked = 0;
  let ended: Error | undefined;
  const end = (why: Error) => {
    ended ??= why;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  port.on('message', (message: readonly Answer[] | Failed) => {
    if ('failed' in message) {
      const trouble = troubleOf(message.failed);
      failing.abort(trouble);
      return end(trouble);
    }
    for (const answer of message) {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    }
  });
  port.on('close', () => end(new Error('the embedded store has been closed')));
  const post = together<Question>((questions) => port.postMessage(questions));
  const ask: AskStore = (operation, input) => {
    if (ended) return Promise.reject(ended);
    const id = asked++;
    const answer = Promise.withResolvers<Answer>();
    waiting.set(id, answer);
    post({ id, operation, input });
    return answer.promise;
  };
  return { ask, failed: failing.signal };
}

/** The answering end. @returns has it answer nothing any more, and say why */
export function answerThrough(
  port: MessagePort,
  execute: (operation: string, input: object) => Promise<{ readonly status: number; readonly body: object }>,
): { fail(detail: string): void } {
  let isFailed = false;
  const post = together<Answer>((answers) => {
    if (!isFailed) port.postMessage(answers);
  });
  const answer = async ({ id, operation, input }: Question) => {
    const { status, body } = await execute(operation, JSON.parse(input));
    post({ id, status, body: JSON.stringify(body) });
  };
  port.on('message', (questions: readonly Question[]) => {
    for (const question of questions)
      answer(question).catch((error: unknown) => {
        const body = JSON.stringify({ __type: 'InternalServerError', message: String(error) });
        post({ id: question.id, status: 500, body });
      });
  });
  return {
    fail: (failed) => {
      if (isFailed) return;
      isFailed = true;
      port.postMessage({ failed } satisfies Failed);
    },
  };
}

/** What is sent in the same turn goes in one message: each wakes the other thread. */
function together<T>(post: (messages: readonly T[]) => void): (message: T) => void {
  let waiting: T[] = [];
  return (message) => {
    if (waiting.push(message) > 1) return;
    queueMicrotask(() => {
      const messages = waiting;
      waiting = [];
      post(messages);
    });
  };
}
