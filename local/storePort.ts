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

/** Asks the store in the other thread. @returns status and JSON of its answer @throws when the thread has ended */
export type AskStore = (operation: string, input: string) => Promise<Pick<Answer, 'status' | 'body'>>;

/** The asking end of a channel to the store. */
export function askThrough(port: MessagePort): AskStore {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let asked = 0;
  let ended = false;
  port.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    }
  });
  port.on('close', () => {
    ended = true;
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  const post = together<Question>((questions) => port.postMessage(questions));
  return (operation, input) => {
    if (ended) return Promise.reject(gone());
    const id = asked++;
    const answer = Promise.withResolvers<Answer>();
    waiting.set(id, answer);
    post({ id, operation, input });
    return answer.promise;
  };
}

/** The answering end. */
export function answerThrough(
  port: MessagePort,
  execute: (operation: string, input: object) => Promise<{ readonly status: number; readonly body: object }>,
): void {
  const post = together<Answer>((answers) => port.postMessage(answers));
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

function gone(): Error {
  return new Error('the embedded store has been closed');
}
