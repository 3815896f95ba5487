import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openRun } from '../../shared/catalog/runProgress.ts';
import { ENV } from '../../shared/config.ts';
import { createSimulator } from '../../simulator/index.ts';
import { credentials, deploy } from '../cli/deployed/deployed.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { openProxyServer, type ProxyServer, type Way } from '../support/proxyServer.ts';
import { openTlsFront } from '../support/tlsFront.ts';
import { TABLE_NAME } from '../support/world.ts';
import { RUN } from '../support/worldEvents.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const FIRST = 'adminapisgp.im.qcloud.com';
const BACKUP = 'adminapisgp.my-imcloud.com';
const CLOUDFORMATION = 'cloudformation.eu-central-1.amazonaws.com';
const DYNAMODB = 'dynamodb.eu-central-1.amazonaws.com';

const opened: { close(): unknown }[] = [];

/** Closes it when the test has ended. */
function keep<T extends { close(): unknown }>(part: T): T {
  opened.push(part);
  return part;
}

afterEach(async () => {
  cleanUp();
  for (const part of opened.splice(0).reverse()) await part.close();
});

/** A shell's settings for an app in Singapore. */
function settings(change: Record<string, string>): Record<string, string> {
  const { TENCENT_CHAT_ENDPOINT: _, ...own } = settingsFor('', freshDataDir());
  return { ...own, TENCENT_CHAT_REGION: 'singapore', ...change };
}

/** Tencent's hosts of Singapore, with a simulated app behind them, and a proxy that leads to them. */
async function openSingapore(wayTo: (host: string, port: number) => Way, user?: string) {
  const simulator = keep(createSimulator({ communities: 8, topicsPerCommunity: 3 }));
  const url = await simulator.listen();
  const front = keep(await openTlsFront({ [FIRST]: url, [BACKUP]: url }));
  const proxy = keep(await openProxyServer((target) => wayTo(target.split(':')[0] ?? '', front.port), user));
  return { proxy, caFile: front.caFile };
}

const toTheFront = (_host: string, port: number): Way => ({ port });

/** An address of this machine on which nothing listens any more. */
let refusing: string;

beforeAll(async () => {
  const gone = await openProxyServer(() => ({ status: 500 }));
  refusing = gone.address;
  await gone.close();
});

/** A proxy that lets everybody wait. */
async function silentProxy(): Promise<string> {
  const server = createServer((socket) => void opened.push({ close: () => socket.destroy() }));
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hostsOf = ({ asked }: ProxyServer) => [...new Set(asked)].sort();

describe('a night behind a proxy', () => {
  it.each([
    ['an authority of one’s own', (file: string) => ({ NODE_EXTRA_CA_CERTS: file })],
    ['the authorities of the system', (file: string) => ({ NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: file })],
  ])('calls the API alone through it, and trusts %s', async (_what, trust) => {
    const { proxy, caFile } = await openSingapore(toTheFront);
    const env = settings({ HTTPS_PROXY: proxy.address, HTTP_PROXY: proxy.address, ...trust(caFile) });
    const { exitCode, stdout, stderr } = await topicMirror(['sync', '--json'], env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETE', communities: { listed: 8 } });
    expect(hostsOf(proxy)).toEqual([`${FIRST}:443`]);
  });

  it('calls the backup of the region when the proxy cannot connect to the first host', async () => {
    const { proxy, caFile } = await openSingapore((host, port) =>
      host === FIRST ? { status: 502 } : { port },
    );
    const env = settings({ https_proxy: `http://${proxy.address}`, NODE_EXTRA_CA_CERTS: caFile });
    const { exitCode, stdout } = await topicMirror(['sync', '--json'], env);
    expect({ exitCode, run: JSON.parse(stdout) }).toMatchObject({ exitCode: 0, run: { status: 'COMPLETE' } });
    expect(hostsOf(proxy)).toEqual([`${FIRST}:443`, `${BACKUP}:443`].sort());
  });

  it('gives the proxy the user name and password that its address holds', async () => {
    const { proxy, caFile } = await openSingapore(toTheFront, 'me:p@ss');
    const env = settings({ HTTPS_PROXY: `http://me:p%40ss@${proxy.address}`, NODE_EXTRA_CA_CERTS: caFile });
    expect(await topicMirror(['sync'], env)).toMatchObject({ exitCode: 0 });
  });
});

describe('a night whose API cannot be reached', () => {
  /** The one line of a sync that fails. */
  async function complaint(change: Record<string, string>) {
    const { exitCode, stderr } = await topicMirror(['sync'], settings(change));
    return { exitCode, says: stderr.replace(/^topic-mirror: get_appid_group_list: /, '').trimEnd() };
  }

  const AGAIN = 'It is worth trying again later.';

  it('because the proxy refuses the connection names the proxy, exit 3', async () => {
    expect(await complaint({ HTTPS_PROXY: `http://me:hunter2@${refusing}` })).toEqual({
      exitCode: 3,
      says: `the proxy ${refusing} (HTTPS_PROXY), through which ${FIRST} is called, refused the connection. ${AGAIN}`,
    });
  });

  it('because the proxy wants a password says so, exit 3', async () => {
    const { proxy } = await openSingapore(toTheFront, 'me:p@ss');
    expect(await complaint({ HTTPS_PROXY: `http://me:hunter2@${proxy.address}` })).toEqual({
      exitCode: 3,
      says: `the proxy ${proxy.address} (HTTPS_PROXY), through which ${FIRST} is called, wants another user name and password (HTTP status 407). ${AGAIN}`,
    });
  });

  it('because the proxy connects to neither host names both, exit 3', async () => {
    const { proxy } = await openSingapore(() => ({ status: 403 }));
    const why = (host: string) =>
      `the proxy ${proxy.address} (HTTPS_PROXY) does not connect to ${host} (HTTP status 403)`;
    expect(await complaint({ HTTPS_PROXY: proxy.address })).toEqual({
      exitCode: 3,
      says: `${why(FIRST)}; the backup: ${why(BACKUP)}. ${AGAIN}`,
    });
  });

  it('because nobody vouches for its certificate names the proxy and the remedy, exit 3', async () => {
    const { proxy } = await openSingapore(toTheFront);
    const { exitCode, says } = await complaint({ HTTPS_PROXY: proxy.address });
    expect(exitCode).toBe(3);
    expect(says).toMatch(
      /^adminapisgp\.im\.qcloud\.com, through the proxy [\d.:]+ \(HTTPS_PROXY\), has no acceptable/,
    );
    expect(says).toContain('NODE_EXTRA_CA_CERTS can name the file of its authority');
  });

  it('because the proxy says nothing ends within seconds, exit 3', async () => {
    const address = await silentProxy();
    expect(await complaint({ HTTPS_PROXY: address })).toEqual({
      exitCode: 3,
      says: `${FIRST}, through the proxy ${address} (HTTPS_PROXY), did not answer in time. ${AGAIN}`,
    });
  });

  it('because the proxy is of a kind that cannot be used is a wrong setting, exit 1', async () => {
    const { exitCode, says } = await complaint({ ALL_PROXY: 'socks5://me:hunter2@p:1080' });
    expect({ exitCode, says }).toEqual({
      exitCode: 1,
      says: 'topic-mirror: ALL_PROXY names a proxy of the kind socks5; allowed: http://host:port or https://host:port',
    });
  });

  it('because NO_PROXY has it called directly is not blamed on the proxy', async () => {
    const proxy = keep(await openProxyServer(() => ({ status: 500 })));
    const env = { TENCENT_CHAT_ENDPOINT: 'https://chat.nowhere.invalid', HTTPS_PROXY: proxy.address };
    expect(await complaint({ ...env, NO_PROXY: 'nowhere.invalid' })).toEqual({
      exitCode: 3,
      says: `chat.nowhere.invalid is not known to DNS. ${AGAIN}`,
    });
    expect(proxy.asked).toEqual([]);
  });
});

/** A deployed mirror whose ledger has one run. */
async function deployWithRun() {
  const deployed = keep(await deploy());
  const { store, app } = deployed.world.parts;
  await openRun(store, app.sdkAppId, { runId: RUN, startedAt: RUN, limit: 100 });
  return deployed;
}

describe('a deployed mirror behind a proxy', () => {
  const RUNS = ['runs', '--stack', 'prod', '--format', 'jsonl'];

  it('is read through it, with the certificates of an authority of one’s own', async () => {
    const { env, aws } = await deployWithRun();
    const { AWS_ENDPOINT_URL_CLOUDFORMATION: _, AWS_ENDPOINT_URL_DYNAMODB: table = '', ...direct } = env;
    const front = keep(await openTlsFront({ [CLOUDFORMATION]: aws.endpoint, [DYNAMODB]: table }));
    const proxy = keep(await openProxyServer(() => ({ port: front.port })));
    const behind = { ...direct, HTTPS_PROXY: proxy.address, NODE_EXTRA_CA_CERTS: front.caFile };
    const { exitCode, stdout, stderr } = await topicMirror(RUNS, behind);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ runId: RUN });
    expect(hostsOf(proxy)).toEqual([`${CLOUDFORMATION}:443`, `${DYNAMODB}:443`]);
  });

  it.each([
    [
      'refuses the connection',
      async () => refusing,
      `, through which ${CLOUDFORMATION} is called, refused the connection`,
    ],
    [
      'does not connect to AWS',
      async () => keep(await openProxyServer(() => ({ status: 403 }))).address,
      ` does not connect to ${CLOUDFORMATION} (HTTP status 403)`,
    ],
    [
      'says nothing',
      silentProxy,
      `, through which ${CLOUDFORMATION} is called, did not accept a connection in time`,
    ],
  ])('that %s is named, exit 3', async (_what, open, says) => {
    const address = await open();
    const { AWS_ENDPOINT_URL_CLOUDFORMATION: _, ...env } = credentials('http://127.0.0.1:9');
    const { exitCode, stderr } = await topicMirror(RUNS, { ...env, HTTPS_PROXY: address });
    expect({ exitCode, says: stderr.trimEnd() }).toEqual({
      exitCode: 3,
      says: `topic-mirror: AWS is out of reach: the proxy ${address} (HTTPS_PROXY)${says}; check the network and AWS_REGION`,
    });
  });
});

describe('a table that the environment names', () => {
  const TABLE = 'http://dynamo.nowhere.invalid:8000';

  it('is called through the proxy for plain http', async () => {
    const { env } = await deployWithRun();
    const port = Number(new URL(env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '').port);
    const proxy = keep(await openProxyServer(() => ({ port })));
    const change = { [ENV.table]: TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB: TABLE, HTTP_PROXY: proxy.address };
    const { exitCode, stdout, stderr } = await topicMirror(['runs', '--format', 'jsonl'], {
      ...env,
      ...change,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ runId: RUN });
    expect(hostsOf(proxy)).toEqual(['dynamo.nowhere.invalid:8000']);
  });

  it('is out of reach with the proxy’s name when the proxy is, exit 3', async () => {
    const env = { ...settings({}), AWS_ENDPOINT_URL_DYNAMODB: TABLE, http_proxy: refusing };
    const { exitCode, stderr } = await topicMirror(['runs'], env);
    expect(stderr).toContain(
      `cannot be used: the proxy ${refusing} (http_proxy), through which dynamo.nowhere.invalid:8000 is called, refused the connection`,
    );
    expect(exitCode).toBe(3);
  });
});
