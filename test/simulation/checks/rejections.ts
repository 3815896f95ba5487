import type { Scene } from './scene.ts';

/** Lives through some nights; no promise of them may be left to reject alone. */
export async function noticingRejections(scene: Scene, live: () => Promise<void>): Promise<void> {
  const unhandled = (error: unknown) => scene.violate('no-unhandled-rejection', String(error));
  process.on('unhandledRejection', unhandled);
  try {
    await live();
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}
