import { expect } from '@jest/globals';
import { meteredCatalog } from '../../lambdas/parts/base.ts';
import type { Parts } from '../../lambdas/parts/index.ts';
import { type NightOptions, runNight } from '../../local/night.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import type { SimulatorOptions } from '../../simulator/index.ts';
import { createWorld, type World } from '../support/world.ts';
import { expectHistoryReplays, expectMirrored } from '../support/worldCompare.ts';

const FIRST = Date.parse('2026-11-22T02:00:00.000Z');

/** A mirrored app, and one night after another. */
export interface Scene {
  readonly world: World;
  /** Runs the next night. @returns how it ended, and why not otherwise */
  night(options?: Partial<NightOptions>): Promise<{ summary: RunSummary; reasons: readonly string[] }>;
  /** The run id of the last night. */
  lastRun(): string;
  /** Topics by status, and how many were ever deleted by the history. */
  topics(): Promise<Record<'active' | 'missing' | 'deleted', number>>;
  /** Fails unless the next night is COMPLETE, the catalog equals the app, and the history leads to it. */
  expectHealed(): Promise<RunSummary>;
}

const worlds = new Set<World>();

/** A scene whose first night was clean. */
export async function mirroredScene(options: SimulatorOptions = {}): Promise<Scene> {
  const scene = await newScene({ quirks: false, ...options });
  expect((await scene.night()).summary).toMatchObject({ status: 'COMPLETE' });
  return scene;
}

/** A scene before its first night. */
export async function newScene(options: SimulatorOptions): Promise<Scene> {
  const world = await createWorld(options);
  worlds.add(world);
  let nights = 0;
  const runId = () => new Date(FIRST + nights * 86_400_000).toISOString();
  const night: Scene['night'] = async (more) => {
    nights += 1;
    const parts = more?.parts ?? world.parts;
    const summary = await runNight({ parts, runId: runId(), ...more });
    const run = await meteredCatalog(world.parts).catalog.readRun(runId());
    return { summary, reasons: run?.reasons ?? [] };
  };
  return {
    world,
    night,
    lastRun: runId,
    topics: () => topicsIn(world),
    expectHealed: () => healed(world, night),
  };
}

export async function closeScenes(): Promise<void> {
  await Promise.all([...worlds].map((world) => world.close()));
}

async function topicsIn(world: World): Promise<Record<'active' | 'missing' | 'deleted', number>> {
  const topics = (await world.items()).filter(({ itemType }) => itemType === 'topic');
  const count = (status: string) => topics.filter((topic) => topic['status'] === status).length;
  return { active: count('active'), missing: count('missing'), deleted: count('deleted') };
}

async function healed(world: World, night: Scene['night']): Promise<RunSummary> {
  world.simulator.faults().set({ rate: 0 });
  const { summary, reasons } = await night();
  expect({ status: summary.status, reasons }).toEqual({ status: 'COMPLETE', reasons: [] });
  const items = await world.items();
  expectMirrored(items, world.simulator.app());
  expectHistoryReplays(items);
  return summary;
}

/** Opens a run again as `deletions --approve` does, and has it closed. */
export async function approve({ world, lastRun }: Scene, parts: Parts = world.parts): Promise<RunSummary> {
  const { approveRun } = await import('../../cli/approve.ts');
  const { closeAgain } = await import('../../local/night.ts');
  await approveRun(meteredCatalog(parts).catalog, lastRun(), Date.now());
  return closeAgain({ parts, runId: lastRun() });
}
