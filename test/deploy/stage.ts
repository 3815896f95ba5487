import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageInput } from '../../infra/stage.ts';
import { ROOT } from './paths.ts';
import type { Simulated, TestApp } from './simulated.ts';

/** Name of the stage, and so of the stack `TopicMirror-deploy-test`. */
export const STAGE = 'deploy-test';
export const STACK = `TopicMirror-${STAGE}`;

/** What an app's stage entry says beside where it is found. */
const APP = { region: 'singapore', callsPerSecond: 195, activityDays: 30 } as const;

/**
 * The minute that the first night is due: a full one, far enough away for a deployment.
 * @param leadMs what the deployment may take
 */
export function nextNight(now: number, leadMs: number): Date {
  return new Date(Math.ceil((now + leadMs) / 60_000) * 60_000);
}

/**
 * Writes the stage file.
 * @param existingTable ARN of the stream of a table that is used in the place of a new one
 * @returns its path
 */
export function writeStage(
  folder: string,
  { url, large, small }: Simulated,
  due: Date,
  existingTable?: string,
): string {
  const app = ({ sdkAppId, secretId }: TestApp) => ({ ...APP, sdkAppId, secretId, endpoint: url });
  const stage: StageInput = {
    apps: [app(large), app(small)],
    schedule: { cron: `${due.getUTCMinutes()} ${due.getUTCHours()} * * ? *`, timeZone: 'UTC' },
    maxConcurrency: 2,
    ...(existingTable !== undefined && { existingTable }),
  };
  const file = join(folder, `${STAGE}.ts`);
  const module = join(ROOT, 'infra', 'stage.ts');
  writeFileSync(
    file,
    `import { defineStage } from ${JSON.stringify(module)};\nexport default defineStage(${JSON.stringify(stage)});\n`,
  );
  return file;
}
