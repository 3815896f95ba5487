import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a careless server answers in the place of the right one; none: the right answer. */
export type Careless = (call: {
  readonly url: string;
  readonly body: string;
}) =>
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | undefined;

/** A server between a client and the API that keeps every signature it sees. */
export interface Eavesdropper {
  readonly url: string;
  readonly userSigs: ReadonlySet<string>;
  /** How it answers from now on. */
  behave(careless?: Careless): void;
  close(): Promise<void>;
}

/** @param target base URL of the API that the calls are passed on to */
export async function startEavesdropper(target: string): Promise<Eavesdropper> {
  const userSigs = new Set<string>();
  let careless: Careless = () => undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? '';
    const userSig = new URL(url, target).searchParams.get('usersig');
    if (userSig) userSigs.add(userSig);
    const body = await text(request);
    const own = careless({ url, body });
    if (own) return void response.writeHead(own.status, own.headers).end(own.body);
    const passed = await fetch(target + url, { method: 'POST', body }).catch(() => undefined);
    const answered = await passed?.text().catch(() => undefined);
    if (!passed || answered === undefined) response.destroy();
    else response.writeHead(passed.status, { 'content-type': 'application/json' }).end(answered);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    userSigs,
    behave: (next = () => undefined) => {
      careless = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
