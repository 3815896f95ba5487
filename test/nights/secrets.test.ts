import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { createProgram } from '../../cli/program.ts';
import { openQueues } from '../../local/servers.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { drain } from '../support/worldQueue.ts';
import { type Careless, type Eavesdropper, startEavesdropper } from './secrets/eavesdropper.ts';
import { FORMS, findSecrets, type Place, type Secret } from './secrets/findSecrets.ts';
import { toldOf } from './secrets/told.ts';

// A dozen commands, one after the other, each a process of its own.
jest.setTimeout(600_000);

const KEYS = {
  right: keyOf('right'),
  wrong: keyOf('wrong'),
  rotated: keyOf('rotated'),
};

/** Accidents that make no call wait for seconds. */
const ACCIDENTS = ['http-502', 'truncated-json', 'reset-after', 'wrong-types', 'clock-skew', 'code-10002'];

const ok = (fields: object) => ({
  status: 200,
  body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ...fields }),
});
const fail = (ErrorCode: number, ErrorInfo: string) => ({
  status: 200,
  body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode, ErrorInfo }),
});

/** Answers that repeat the URL they were asked by: to a person, in an error, in a topic. */
const QUOTING: readonly ((url: string) => ReturnType<Careless>)[] = [
  (url) => ({ status: 502, body: `<html>The server at ${url} is unavailable` }),
  (url) => fail(10007, `no right to call ${url}`),
  (url) => fail(10007, `no right to call ${url.replaceAll('*', '%2A')}`),
  (url) => fail(10002, `lost ${url}`),
  (url) =>
    ok({ TopicAndSelfInfo: [{ ErrorCode: 0, TopicInfo: { TopicId: 't', TopicName: url, CreateTime: 1 } }] }),
  (url) => ok({ TopicAndSelfInfo: [{ ErrorCode: 10005, ErrorInfo: url, TopicInfo: { TopicId: url } }] }),
  (url) => ({ status: 307, headers: { location: `http://127.0.0.1:1${url}` }, body: url }),
  (url) => ({ status: 200, body: `not JSON: ${url}` }),
];

/** 64 hexadecimal digits, as the console gives them. */
function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

let simulator: Simulator;
let api: Eavesdropper;
let queues: FauxqsServer;
let places: Place[];
const exits: Record<string, number | null> = {};
const dataDir = freshDataDir();

const env = (key: string, more: Readonly<Record<string, string>> = {}) => ({
  ...settingsFor(api.url, dataDir),
  TENCENT_CHAT_SECRET_KEY: key,
  AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${queues.port}`,
  ...more,
});

/** Runs a command to its end, and keeps all that it prints. */
async function command(name: string, args: readonly string[], settings: Readonly<Record<string, string>>) {
  keep(name, await topicMirror(args, settings));
}

function keep(name: string, ended: Awaited<ReturnType<typeof topicMirror>>): void {
  exits[name] = ended.exitCode;
  places.push({ name: `stdout of ${name}`, content: ended.stdout });
  places.push({ name: `stderr of ${name}`, content: ended.stderr });
}

/** The nights, one after the other, and what an operator does between them. */
async function live(): Promise<void> {
  const { right, wrong, rotated } = KEYS;
  const faults = simulator.faults();
  faults.set({ rate: 0.2, seed: 5, kinds: ACCIDENTS });
  await command('a night with accidents', ['sync', '--json'], env(right));
  faults.set({ rate: 0 });
  await command('the wrong key', ['sync'], env(wrong));
  simulator.app().mutate({ edits: 5, deletions: 4, creations: 3, disbandings: 1 });
  api.behave(quotingOnce());
  await command('a night of careless answers', ['sync'], env(right));
  api.behave(({ url }) => ({ status: 302, headers: { location: `http://127.0.0.1:1${url}` }, body: '' }));
  await command('a redirect', ['sync'], env(right));
  api.behave();
  await rotateMeanwhile(rotated);
  await command('the rotated key', ['sync'], env(rotated));
  faults.switch({ kind: 'code-60020', on: true, api: 'get_topic' });
  await command('a plan that has lapsed', ['sync'], env(rotated));
  faults.switch({ kind: 'code-60020', on: false });
  await mistakes(rotated);
  await everyReading(rotated);
}

/** Answers the first question after each community so, and those that follow as they should be. */
function quotingOnce(): Careless {
  const asked = new Set<string>();
  return ({ url, body }) => {
    if (!url.includes('get_topic') || asked.has(body)) return undefined;
    asked.add(body);
    return QUOTING[asked.size % QUOTING.length]?.(url);
  };
}

async function rotateMeanwhile(key: string): Promise<void> {
  const before = api.userSigs.size;
  let seen = 0;
  api.behave(({ url }) => {
    if (url.includes('get_topic') && ++seen === 2) simulator.app().rotateSecretKey(key);
    return undefined;
  });
  await command('a key that is rotated meanwhile', ['sync'], env(KEYS.right));
  expect(api.userSigs.size).toBeGreaterThan(before);
  api.behave();
}

/** A key that was put where it does not belong. */
async function mistakes(key: string): Promise<void> {
  const misplaced = {
    TENCENT_CHAT_SDK_APP_ID: key,
    TENCENT_CHAT_ENDPOINT: `https://administrator:${key}@127.0.0.1:1`,
    TENCENT_CHAT_REGION: key,
    TOPIC_MIRROR_CALLS_PER_SECOND: key,
    TOPIC_MIRROR_MAX_DELETIONS: key,
  };
  for (const [variable, value] of Object.entries(misplaced)) {
    const isRegion = variable === 'TENCENT_CHAT_REGION';
    const settings = env(key, { [variable]: value, ...(isRegion && { TENCENT_CHAT_ENDPOINT: '' }) });
    await command(`the key as ${variable}`, ['sync'], settings);
  }
}

const since = ['--since', '2020-01-01T00:00:00Z'];

/** How each command that reads is run; those that the program has not are passed over. */
const READINGS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  topics: [
    ['--format', 'json'],
    ['--format', 'csv'],
    ['--format', 'table'],
  ],
  communities: [
    ['--format', 'jsonl'],
    ['--format', 'csv'],
  ],
  changes: [
    [...since, '--format', 'jsonl'],
    [...since, '--format', 'csv'],
  ],
  runs: [
    ['--format', 'json'],
    ['--format', 'table'],
    ['--format', 'csv'],
  ],
  active: [[]],
  stats: [[]],
  silent: [since],
  deletions: [['--format', 'json']],
  status: [[], ['--format', 'json']],
  verify: [['--all']],
  export: ['jsonl', 'csv', 'parquet'].map((format) => [
    '--out',
    join(dirname(dataDir), format),
    '--format',
    format,
  ]),
  report: [['--out', join(dirname(dataDir), 'report.html')]],
};

async function everyReading(key: string): Promise<void> {
  const there = new Set(createProgram().commands.map((one) => one.name()));
  for (const [name, variants] of Object.entries(READINGS)) {
    if (!there.has(name)) continue;
    for (const args of variants) await command([name, ...args].join(' '), [name, ...args], env(key));
  }
}

/** Every file below a folder. */
function filesIn(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: `the file ${path.slice(folder.length + 1)}`, content: readFileSync(path) }));
}

/** What is left in the queues, the dead letters among them. */
async function lettersLeft(): Promise<Place[]> {
  const { client, urls, close } = await openQueues({
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${queues.port}`,
  });
  try {
    const all = [urls.communities, urls.closing].flatMap((url) => [url, `${url}-dead-letters`]);
    const letters = await Promise.all(all.map((url) => drain({ client, url })));
    return letters.map((bodies, nth) => ({ name: `the queue ${all[nth]}`, content: bodies.join('\n') }));
  } finally {
    await close();
  }
}

function secrets(): Secret[] {
  // Half of a key is a secret too: a message may shorten what it quotes.
  const keys = Object.entries(KEYS).flatMap(([name, value]) => [
    { name: `the first half of the ${name} key`, value: value.slice(0, 32) },
    { name: `the second half of the ${name} key`, value: value.slice(32) },
  ]);
  const signatures = [...api.userSigs].map((value, nth) => ({ name: `UserSig ${nth}`, value }));
  return [...keys, ...signatures, { name: 'a signed URL', value: 'usersig=e' }];
}

beforeAll(async () => {
  places = [];
  simulator = createSimulator({
    communities: 24,
    topicsPerCommunity: 4,
    secretKey: KEYS.right,
    quirks: false,
  });
  queues = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  api = await startEavesdropper(await simulator.listen());
  await live();
  places.push(...(await toldOf(dataDir)), ...(await lettersLeft()), ...filesIn(dirname(dataDir)));
});

afterAll(async () => {
  cleanUp();
  await Promise.all([api.close(), simulator.close(), queues.stop()]);
});

describe('nights in which everything goes wrong', () => {
  it('went wrong as they were to', () => {
    expect(exits).toMatchObject({
      'the wrong key': 1,
      'a night of careless answers': 2,
      'a key that is rotated meanwhile': 2,
      'the rotated key': 0,
      'a plan that has lapsed': 2,
      'the key as TENCENT_CHAT_SDK_APP_ID': 1,
      'the key as TENCENT_CHAT_ENDPOINT': 1,
      'the key as TENCENT_CHAT_REGION': 1,
      'topics --format csv': 0,
    });
    expect(api.userSigs.size).toBeGreaterThanOrEqual(7);
    const readings = Object.entries(exits).filter(([name]) =>
      Object.hasOwn(READINGS, name.split(' ')[0] ?? ''),
    );
    // What is read may be found wanting (2), but it was read.
    expect(readings.filter(([, exitCode]) => exitCode !== 0 && exitCode !== 2)).toEqual([]);
    expect(readings.length).toBeGreaterThan(12);
  });

  it('left what was signed where a signature would have stood: in items, events, messages, logs and listings', () => {
    const marked = places.filter(({ content }) => content.includes('[UserSig]')).map(({ name }) => name);
    expect(marked).toEqual(
      expect.arrayContaining([
        'the items',
        'the events',
        'the messages to people',
        'stdout of a night of careless answers',
        'stdout of topics --format json',
        'stdout of topics --format csv',
        'stdout of runs --format json',
        expect.stringMatching(/^the file data\/logs\/.*\.jsonl$/),
        expect.stringMatching(/^the file data\/store\//),
      ]),
    );
  });

  it('print and keep no key, no signature and no signed URL, in any spelling', () => {
    expect(places.length).toBeGreaterThan(50);
    expect(findSecrets(secrets(), places)).toEqual([]);
  });

  it.each(Object.keys(FORMS))('would be found out, had they leaked one %s anywhere', (form) => {
    for (const secret of secrets()) {
      const spelling = FORMS[form]?.(secret.value).at(-1) ?? '';
      for (const place of [places[0], places.at(-1)] as Place[]) {
        const bytes = Buffer.from(place.content);
        const leaky = { ...place, content: Buffer.concat([bytes, Buffer.from(` x${spelling}y `), bytes]) };
        expect(findSecrets([secret], [leaky])).toContain(`${secret.name}, ${form} in ${place.name}`);
      }
    }
  });

  it.each(['base64', 'base64url'] as const)(
    'would be found out, had they leaked a text with one in %s',
    (encoding) => {
      for (const secret of secrets()) {
        for (const before of ['', 'a', 'ab', 'the key is ']) {
          const content = Buffer.from(`${before}${secret.value} and more`).toString(encoding);
          expect(findSecrets([secret], [{ name: 'a log', content }])).not.toEqual([]);
        }
      }
    },
  );
});
