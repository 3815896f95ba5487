import { afterAll, expect, it, jest } from '@jest/globals';
import { closeScenes, mirroredScene } from '../scenarios/scene.ts';

jest.setTimeout(240_000);

afterAll(closeScenes);

/** Longer than a consumer's attempts, shorter than a message's five deliveries. */
const OUTAGE_MS = 60_000;

it.each(['http-502', 'reset-before'])(
  'an outage of a minute in the middle of a run (%s) is outlasted: the same run is COMPLETE',
  async (kind) => {
    const scene = await mirroredScene({ communities: 40, topicsPerCommunity: 5 });
    const faults = scene.world.simulator.faults();
    let end: NodeJS.Timeout | undefined;
    const begin = (done: number) => {
      if (done < 10 || end) return;
      faults.switch({ kind, on: true });
      end = setTimeout(() => faults.switch({ kind, on: false }), OUTAGE_MS);
    };
    const { summary, reasons } = await scene.night({ consumers: 1, onProgress: begin });
    expect({ status: summary.status, reasons }).toEqual({ status: 'COMPLETE', reasons: [] });
    expect(summary).toMatchObject({
      communities: { listed: 40, failed: 0 },
      topics: { missing: 0, deleted: 0 },
    });
    expect(summary.elapsedMs).toBeGreaterThan(OUTAGE_MS);
    expect(scene.world.simulator.stats().apps[0]?.apis.get_topic.faults[kind]).toBeGreaterThanOrEqual(30);
    await scene.expectHealed();
  },
);
