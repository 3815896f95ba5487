import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSampleApp } from '../../bench/cost/app.ts';
import { createPeerTables, PEERS, type PeerName, peerNight, tableOf } from '../../bench/cost/peers.ts';
import { dollarsOf } from '../../infra/prices.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import { auditUnits, total, type UnitAudit } from '../support/unitAudit.ts';

const table = useMemoryTable();
const app = createSampleApp(4, 5);
const names = Object.keys(PEERS) as PeerName[];
let audit: UnitAudit;

beforeAll(async () => {
  await createPeerTables(table.store.client);
  audit = auditUnits(table.store.client, []);
});

afterAll(() => app.simulator.close());

describe('the app that the costs are measured with', () => {
  it('has as many topics in every community', () => {
    expect(Array.from(app.topics(), (topics) => topics.length)).toEqual([5, 5, 5, 5]);
  });

  it('has messages in the share of its topics that is asked for', () => {
    const before = Array.from(app.topics()).flat();
    const { topics, communities } = app.post(0.25);
    const after = Array.from(app.topics()).flat();
    const posted = after.filter(({ NextMsgSeq }, nth) => NextMsgSeq !== before[nth]?.NextMsgSeq);
    expect(posted).toHaveLength(5);
    expect(topics).toBe(5);
    expect(communities).toBe(new Set(posted.map(({ GroupID }) => GroupID)).size);
  });
});

describe('another way to keep every topic', () => {
  it.each(names)('is metered by what it wrote, the first night and a quiet one: %s', async (name) => {
    const [first, quiet] = [await night(name), await night(name)];
    expect(first.metered).toBe(first.audited);
    expect(first.metered).toBeGreaterThanOrEqual(20);
    // Nothing is saved by writing the same again, nor by a condition that refuses.
    expect(quiet.metered).toBe(first.metered);
  });

  it.each(names)('has in the end what the app says: %s', async (name) => {
    await night(name);
    app.post(0.25);
    await night(name);
    const said = Array.from(app.topics()).flat();
    const sequences = said.map(({ TopicId, NextMsgSeq }): Sequence => [TopicId, NextMsgSeq]);
    expect(await sequencesIn(name)).toEqual(sequences.sort(byId));
  });

  async function night(name: PeerName): Promise<{ metered: number; audited: number }> {
    audit.take();
    const { writeUnits, readUnits } = await peerNight(table.store.client, name, app.topics(), 'a run');
    expect(readUnits).toBe(0);
    return { metered: writeUnits, audited: total(audit.take().writes) };
  }
});

/** A topic's id and NextMsgSeq. */
type Sequence = [string, number];

async function sequencesIn(name: PeerName): Promise<Sequence[]> {
  const { Items = [] } = await table.store.client.send(new ScanCommand({ TableName: tableOf(name) }));
  const items = Items.map((item) => unmarshall(item) as { sk: string; NextMsgSeq: number });
  return items.map(({ sk, NextMsgSeq }): Sequence => [sk, NextMsgSeq]).sort(byId);
}

function byId([a]: Sequence, [b]: Sequence): number {
  return a < b ? -1 : 1;
}

it('a price is that of a million units', () => {
  expect(dollarsOf({ writeUnits: 1_000_000, readUnits: 0 })).toBe(0.625);
  expect(dollarsOf({ writeUnits: 0, readUnits: 2_000_000 })).toBe(0.25);
});
