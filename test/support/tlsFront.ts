import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Plays hosts of the internet on this machine. */
export interface TlsFront {
  readonly port: number;
  /** File with the authority that signed the hosts' certificate; nobody trusts it by itself. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Serves hosts over TLS, each by a server of this machine. @param backends base URLs by host name */
export async function openTlsFront(backends: Readonly<Record<string, string>>): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-tls-'));
  const caFile = join(folder, 'ca.pem');
  const { ca, key, cert } = await certificateFor(Object.keys(backends));
  writeFileSync(caFile, ca);
  const server = createServer({ key, cert }, (request, response) => {
    const base = new URL(backends[request.headers.host?.split(':')[0] ?? ''] ?? '');
    const { method, url, headers } = request;
    const onward = httpRequest(new URL(url ?? '', base), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

async function certificateFor(hosts: readonly string[]) {
  const algorithm = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'An authority of our own' }], {
    ...algorithm,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const host = await generate([{ name: 'commonName', value: 'The hosts' }], {
    ...algorithm,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  return { ca: authority.cert, key: host.private, cert: host.cert };
}
