import { killAllGroups } from './child.ts';
import { installMiniStack } from './emulator/installation.ts';
import { rehearse } from './rehearsal.ts';
import { removeFolder, temporaryFolder, withScene } from './scene.ts';
import { Steps } from './steps.ts';

/**
 * `npm run test:deploy`: deploys the stack to MiniStack with the CDK and lets its own schedule run nights of
 * simulated apps. docs/ministack.md says what that proves and what it cannot.
 */
const LIMIT_MS = 8 * 60_000;

const steps = new Steps();
const folder = temporaryFolder();

/** The way out of everything that waits for nothing any more. */
function leave(reason: string): never {
  console.error(`test:deploy: ${reason}`);
  killAllGroups();
  removeFolder(folder);
  process.exit(1);
}

setTimeout(() => leave(`not done after ${LIMIT_MS / 60_000} minutes`), LIMIT_MS).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => leave(`ended by ${signal}`));
process.once('uncaughtException', (error) => leave(error.stack ?? error.message));

try {
  await steps.run('install MiniStack, unless it is there', installMiniStack);
  const figures = await withScene(steps, folder, (scene) => rehearse(steps, scene));
  console.log(`\n${figures.join('\n')}\nAll ${steps.count} steps in ${steps.seconds.toFixed(0)} s.`);
} catch (error) {
  console.error(`test:deploy: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  killAllGroups();
  removeFolder(folder);
}
