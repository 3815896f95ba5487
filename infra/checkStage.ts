import * as v from 'valibot';
import { longestGapHours } from './cron.ts';
import { pathOf } from './settings.ts';
import { STREAM_ARN, type Stage, StageSettings } from './stage.ts';
import type { AppSettings, Schedule } from './stageApp.ts';
import { changesClocks } from './timeZone.ts';

/** A stage that cannot be deployed. The message is one line that names the setting and says what is allowed. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/**
 * Resources of a stack, as the template counts them: of all apps together, of exports, of each app, and the most that
 * CloudFormation takes (docs.aws.amazon.com, CloudFormation quotas). A test compares them with a template.
 */
export const RESOURCES = { shared: 25, perApp: 36, exports: 13, limit: 500 } as const;

/** Hours that an alarm looks back with periods of an hour (docs.aws.amazon.com, PutMetricAlarm). */
const ALARM_HOURS = 7 * 24;

/**
 * Reads what a stage file exports.
 * @param name of the stage, which names the stack unless the file does
 * @throws {StageError} for the first mistake
 */
export function checkStage(name: string, exported: unknown): Stage {
  const result = v.safeParse(StageSettings, exported, { abortEarly: true });
  if (!result.success) {
    const [{ path, message }] = result.issues;
    throw new StageError(`stage ${name}: ${path ? `${pathOf(path)} ` : 'it '}${message}`);
  }
  const stage = { ...result.output, stackName: result.output.stackName ?? `TopicMirror-${name}` };
  const problem = problemOf(stage);
  if (problem !== undefined) throw new StageError(`stage ${name}: ${problem}`);
  return stage;
}

/** The schedule of an app: its own or the stage's. */
export function scheduleOf(stage: Stage, app: AppSettings): Schedule {
  return app.schedule ?? stage.schedule;
}

/** Hours within which every app's next run has to be closed, counted from the end of the one before. */
export function hoursBetweenRuns(stage: Stage, app: AppSettings): number {
  const { cron, timeZone } = scheduleOf(stage, app);
  const clocks = changesClocks(timeZone) ? 1 : 0;
  return Math.ceil(longestGapHours(cron)) + clocks + stage.closeWithinHours;
}

/** What single settings cannot show. */
function problemOf(stage: Stage): string | undefined {
  return (
    stackNameProblem(stage) ??
    duplicateProblem(stage) ??
    sizeProblem(stage) ??
    nightsProblem(stage) ??
    tableProblem(stage)
  );
}

function stackNameProblem({ stackName }: Stage): string | undefined {
  // Alarms are named after the stack and have 255 characters, dashboards and stacks fewer restrictions.
  if (/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(stackName)) return undefined;
  return `stackName is "${stackName}"; it must be letters, digits and hyphens, a letter first, 100 at most`;
}

function duplicateProblem({ apps }: Stage): string | undefined {
  const ids = apps.map(({ sdkAppId }) => sdkAppId);
  const second = ids.findIndex((id, index) => ids.indexOf(id) < index);
  if (second < 0) return undefined;
  return `apps[${second}].sdkAppId is ${ids[second]}, as apps[${ids.indexOf(ids[second] as number)}].sdkAppId is; name each app once`;
}

function sizeProblem({ apps, notify, exports }: Stage): string | undefined {
  const { perApp, limit } = RESOURCES;
  const shared = RESOURCES.shared + (exports ? RESOURCES.exports : 0);
  const subscriptions = notify.alarms.length + notify.summaries.length;
  const room = Math.floor((limit - shared - subscriptions) / perApp);
  if (apps.length <= room) return undefined;
  return `apps has ${apps.length} entries; one stack holds ${room}, since CloudFormation takes ${limit} resources; move some to another stage`;
}

function nightsProblem(stage: Stage): string | undefined {
  const index = stage.apps.findIndex((app) => hoursBetweenRuns(stage, app) > ALARM_HOURS);
  const app = stage.apps[index];
  if (!app) return undefined;
  const where = app.schedule ? `apps[${index}].schedule` : 'schedule';
  const gap = longestGapHours(scheduleOf(stage, app).cron);
  const nights = Number.isFinite(gap) ? `leaves ${Math.ceil(gap)} hours between two runs` : 'never fires';
  return `${where}.cron ${nights}; with closeWithinHours at most ${ALARM_HOURS} are allowed, as far as an alarm looks back`;
}

function tableProblem({ existingTable, warmThroughput, region, account }: Stage): string | undefined {
  if (existingTable === undefined) return undefined;
  const [, tableRegion, tableAccount] = STREAM_ARN.exec(existingTable) ?? [];
  const elsewhere = (is: string, wanted: string) =>
    `existingTable is in ${is}; the stage is deployed to ${wanted}, and a table is where its stack is`;
  if (region !== undefined && region !== tableRegion) return elsewhere(`${tableRegion}`, region);
  if (account !== undefined && account !== tableAccount) return elsewhere(`account ${tableAccount}`, account);
  if (warmThroughput === undefined) return undefined;
  return 'warmThroughput is for the table that a stack makes; set that of an existing one with aws dynamodb update-table';
}
