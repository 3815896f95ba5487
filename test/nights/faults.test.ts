import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { closeScenes, newScene } from '../scenarios/scene.ts';
import { expectMirrored } from '../support/worldCompare.ts';

jest.setTimeout(180_000);

afterAll(closeScenes);

const app = { communities: 500, topicsPerCommunity: 4, rateLimits: {} };

describe('a night of 500 communities whose API misbehaves in 5 % of the calls', () => {
  it.each([1, 2, 3])(
    'with seed %i ends COMPLETE, equals the app, and costs few more calls than a clean one',
    async (seed) => {
      const [clean, faulty] = await Promise.all([
        newScene(app),
        newScene({ ...app, faults: { seed, rate: 0.05 } }),
      ]);
      const [{ summary: calm }, { summary, reasons }] = await Promise.all([
        clean.night({ parts: clean.world.pacedParts }),
        faulty.night({ parts: faulty.world.pacedParts }),
      ]);
      const { get_topic: topics, get_appid_group_list: list } =
        faulty.world.simulator.stats().apps[0]?.apis ?? {};
      console.log(
        `seed ${seed}: ${summary.api.calls} calls for ${calm.api.calls}, ${summary.elapsedMs} ms for ${calm.elapsedMs} ms`,
        { reasons, ...summary.api, list: list?.faults, topics: topics?.faults },
      );
      expect({ status: summary.status, reasons }).toEqual({ status: 'COMPLETE', reasons: [] });
      expectMirrored(await faulty.world.items(), faulty.world.simulator.app());
      const calls = (topics?.calls ?? 0) + (list?.calls ?? 0);
      expect(calls).toBeLessThanOrEqual(1.3 * calm.api.calls);
      expect(Object.values(topics?.faults ?? {}).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15);
    },
  );
});
