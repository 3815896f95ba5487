import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runNight } from '../local/night.ts';
import { LOG_EVENTS } from '../shared/logEvents.ts';
import { createWorld, type World } from './support/world.ts';
import { NEXT_RUN, RUN } from './support/worldEvents.ts';

jest.setTimeout(60_000);

interface Entry {
  readonly event: string;
  readonly levels: readonly string[];
  readonly fields: readonly string[];
  readonly meaning: string;
}

const page = readFileSync('docs/logs.md', 'utf8');

/** The page's table of events. */
const entries = tableAfter('## The events').map(
  ([event = '', levels = '', , fields = '', meaning = '']): Entry => ({
    event: named(event)[0] ?? '',
    levels: levels.split(', '),
    fields: named(fields),
    meaning,
  }),
);

const common = tableAfter('## On every line').flatMap(([field = '']) => named(field));

/** The cells of the first table below a heading, its own heading left out. */
function tableAfter(heading: string): string[][] {
  const below = page.slice(page.indexOf(heading));
  const lines = below.split('\n').filter((line) => line.startsWith('|'));
  const end = below.indexOf('\n\n', below.indexOf('|'));
  const count = below
    .slice(0, end)
    .split('\n')
    .filter((line) => line.startsWith('|')).length;
  return lines.slice(2, count).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in code marks. */
function named(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
}

/** Fields that a line of an event may have: its own, those that it has in common, and those of the event it refers to. */
function fieldsOf(event: string): ReadonlySet<string> {
  const { fields = [] } = entries.find((entry) => entry.event === event) ?? {};
  const referred = fields.filter((field) => entries.some((entry) => entry.event === field));
  return new Set([...common, ...fields, ...referred.flatMap((other) => [...fieldsOf(other)])]);
}

describe('the page of log lines', () => {
  it('has each event that can be logged, once, with its levels, and no other', () => {
    const documented = entries.map(({ event, levels }) => [event, levels]);
    expect(documented).toEqual(Object.entries(LOG_EVENTS));
  });

  it('says what each of them means, and of each that needs somebody where to read on', () => {
    for (const { event, levels, meaning } of entries) {
      expect([event, meaning.length > 30]).toEqual([event, true]);
      const isHelped = meaning.includes('runbook.md#') || meaning.includes('it again');
      if (levels.includes('error')) expect([event, isHelped]).toEqual([event, true]);
    }
  });

  it.each(readdirSync('docs').filter((name) => name.endsWith('.md')))(
    'is right about every event that docs/%s asks for',
    (name) => {
      const text = readFileSync(join('docs', name), 'utf8');
      const asked = Array.from(text.matchAll(/\bevent = "([^"]+)"/g), ([, event = '']) => event);
      expect(asked.filter((event) => !Object.hasOwn(LOG_EVENTS, event))).toEqual([]);
    },
  );
});

/** Faults that make no call wait for seconds. */
const QUICK = ['http-502', 'truncated-json', 'clock-skew', 'code-10002', 'empty-answer'];

describe('every line of three nights in which the API misbehaves', () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ communities: 40, faults: { seed: 4, rate: 0.15, kinds: QUICK } });
    await runNight({ parts: world.pacedParts, runId: RUN });
    world.simulator.app().mutate({ edits: 5, creations: 3, deletions: 4, disbandings: 2 });
    await runNight({ parts: world.pacedParts, runId: NEXT_RUN });
    world.simulator.faults().switch({ kind: 'code-60020', on: true, api: 'get_topic' });
    await runNight({ parts: world.pacedParts, runId: '2026-11-24T02:00:00.000Z' });
  });
  afterAll(() => world.close());

  it('is of an event, at a level and with fields that the page has', () => {
    const seen = new Set(world.log.map(({ event }) => event));
    expect([...seen]).toEqual(
      expect.arrayContaining(['api.error', 'community.synced', 'run.closed', 'run.halted']),
    );
    for (const line of world.log) {
      const { event, level } = line;
      const { levels = [] } = entries.find((entry) => entry.event === event) ?? {};
      expect([event, levels]).toEqual([event, expect.arrayContaining([level])]);
      const unknown = Object.keys(line).filter((field) => !fieldsOf(String(event)).has(field));
      expect([event, unknown]).toEqual([event, []]);
    }
  });

  it('has the ids of the app, the run, the invocation, and of the community that it is about', () => {
    const ids = { sdkAppId: expect.any(Number), runId: expect.stringMatching(/^2026-/) };
    for (const line of world.log) {
      expect(line).toMatchObject(ids);
      expect([line['event'], line['requestId']]).toEqual([line['event'], expect.any(String)]);
      const isOfOne = /^community\.|^record\./.test(String(line['event'])) || line['api'] === 'get_topic';
      if (isOfOne) expect([line['event'], line['groupId']]).toEqual([line['event'], expect.any(String)]);
    }
  });
});
