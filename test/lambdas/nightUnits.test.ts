import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createCloseRunHandler } from '../../lambdas/close-run/handler.ts';
import { createListCommunitiesHandler } from '../../lambdas/list-communities/handler.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { TABLE } from '../../shared/catalog/table.ts';
import { closingMessage } from '../../shared/messages.ts';
import { auditUnits, total, type UnitAudit } from '../support/unitAudit.ts';
import { createWorld, type World } from '../support/world.ts';
import { deliver, lambdaContext, sqsEvent } from '../support/worldEvents.ts';
import { drain } from '../support/worldQueue.ts';

let world: World;
let audit: UnitAudit;
/** How far the clock is ahead, milliseconds: nights are a day apart. */
let ahead = 0;

beforeAll(async () => {
  const realNow = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
  world = await createWorld({ communities: 25, topicsPerCommunity: 4 });
  audit = auditUnits(world.parts.store.client, Object.values(TABLE.indexes));
});

afterAll(() => world.close());

/** A whole night, a batch of ten after the other, without slot leases. */
async function night(runId: string): Promise<RunSummary> {
  await createListCommunitiesHandler(world.parts)({ scheduledTime: runId }, lambdaContext(900_000));
  for (;;) {
    const bodies = await drain(world.parts.communitiesQueue);
    for (let from = 0; from < bodies.length; from += 10) {
      expect(await deliver(world.parts, ...bodies.slice(from, from + 10))).toEqual([]);
    }
    const message = closingMessage({ sdkAppId: world.parts.app.sdkAppId, runId, emptyLooks: 0 });
    await createCloseRunHandler(world.parts)(sqsEvent(message), lambdaContext());
    const closed = world.log.findLast(({ event }) => event === 'run.closed');
    if (closed?.['runId'] === runId) return closed['summary'] as RunSummary;
  }
}

it("a night's summary has every unit that its functions consumed, those of indexes included", async () => {
  const app = world.simulator.app();
  for (const day of ['2026-11-22', '2026-11-23', '2026-11-24']) {
    if (day === '2026-11-23') app.mutate({ edits: 8, deletions: 4, creations: 4, messages: 5 });
    if (day === '2026-11-24') app.mutate({ disbandings: 1, newCommunities: 2 });
    ahead += 86_400_000;
    audit.take();
    const {
      status,
      dynamodb: { writeUnits, readUnits },
    } = await night(`${day}T02:00:00.000Z`);
    const { writes, reads } = audit.take();
    expect({ day, status, writeUnits, readUnits, writes, reads }).toEqual({
      day,
      status: 'COMPLETE',
      writeUnits: total(writes),
      readUnits: total(reads),
      writes,
      reads,
    });
  }
});
