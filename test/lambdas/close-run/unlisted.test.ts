import { describe, expect, it } from '@jest/globals';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import { closing, communities, type Listing, look, nightOf, open, useClosing } from './closing.ts';

useClosing();

/** A night's listing and syncs, of whose two mirrored communities the list names one. @returns the other */
async function nightThatDoesNotName(listing: Listing = {}): Promise<string> {
  const [named = '', unnamed = ''] = communities(2);
  await nightOf([named, unnamed], RUN);
  await open([named], NEXT_RUN, listing);
  await sync(closing.parts, [named], NEXT_RUN);
  return unnamed;
}

describe('a mirrored community that the list did not name', () => {
  it('is asked for once, and what it answers is waited for', async () => {
    const unnamed = await nightThatDoesNotName();
    const asked: string[][] = [];
    const enqueueUnlisted = async (_runId: string, ids: readonly string[]) => {
      if (ids.length > 0) asked.push([...ids]);
    };
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toEqual({
      closed: false,
      depth: 0,
      emptyLooks: 0,
    });
    expect(asked).toEqual([[unnamed]]);
    // The queue's counts lag behind: that it seems empty is no proof that the question was answered.
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toEqual({
      closed: false,
      depth: 0,
      emptyLooks: 1,
    });
    expect(asked).toHaveLength(1);
    await deliver(
      closing.parts,
      communityMessage(closing.parts, unnamed, { runId: NEXT_RUN, reason: 'unlisted' }),
    );
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({
      closed: true,
      summary: { status: 'COMPLETE', communities: { listed: 1 }, topics: { active: 6 } },
    });
  });

  it('that never answers makes the run INCOMPLETE after three empty looks', async () => {
    await nightThatDoesNotName();
    await look({ runId: NEXT_RUN });
    expect(await look({ runId: NEXT_RUN, emptyLooks: 1 })).toMatchObject({ closed: false });
    expect(await look({ runId: NEXT_RUN, emptyLooks: 2 })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
    expect((await closing.catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      '1 unlisted communities were not asked for',
    ]);
  });

  it('is not asked for when the list was not read to its end', async () => {
    await nightThatDoesNotName({ totalCount: 2 });
    const enqueueUnlisted = async () => {
      throw new Error('nobody may be asked');
    };
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
  });

  it('is asked for again when the function was killed before it noted that', async () => {
    const unnamed = await nightThatDoesNotName();
    const asked: string[] = [];
    const enqueueUnlisted = async (_runId: string, ids: readonly string[]) => {
      asked.push(...ids);
      if (ids.length > 0 && asked.length === 1) throw new Error('killed');
    };
    await expect(look({ runId: NEXT_RUN, enqueueUnlisted })).rejects.toThrow('killed');
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({ closed: false });
    expect(asked).toEqual([unnamed, unnamed]);
  });
});
