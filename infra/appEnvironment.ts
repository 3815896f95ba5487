import { ENV } from '../shared/config.ts';
import type { Stage } from './stage.ts';
import type { AppSettings } from './stageApp.ts';

/** Where an app's functions find what is deployed. */
export interface Places {
  readonly table: string;
  readonly communitiesQueue: string;
  readonly closingQueue: string;
}

/** Namespace of a deployment's metrics: its own, so that two deployments of one app are counted apart. */
export function metricsNamespace({ stackName }: Stage): string {
  return `TopicMirror/${stackName}`;
}

/** The environments of an app's three functions, each with no more than it reads. */
export function environmentsOf(stage: Stage, app: AppSettings, places: Places) {
  const base = {
    ...known(ENV.sdkAppId, app.sdkAppId),
    ...known(ENV.callsPerSecond, app.callsPerSecond),
    // The consumers, and an operator at the command line.
    ...known(ENV.callers, (app.maxConcurrency ?? stage.maxConcurrency) + 1),
    ...known(ENV.table, places.table),
    ...known(ENV.metricsNamespace, metricsNamespace(stage)),
    ...known(ENV.stack, stage.stackName),
  };
  const chat = {
    ...known(ENV.region, app.region),
    ...known(ENV.endpoint, app.endpoint),
    ...known(ENV.identifier, app.identifier),
    ...known(ENV.fromAccount, app.fromAccount),
    ...known(ENV.secretId, app.secretId),
  };
  const activity = {
    ...known(ENV.activityDays, app.activityDays),
    ...known(ENV.counters, app.counters.join(',') || undefined),
  };
  const queues = {
    ...known(ENV.communitiesQueue, places.communitiesQueue),
    ...known(ENV.closingQueue, places.closingQueue),
  };
  const guard = {
    ...known(ENV.maxDeletions, app.maxDeletions),
    ...known(ENV.maxDeletionRatio, app.maxDeletionRatio),
  };
  return {
    list: { ...base, ...chat, ...queues },
    sync: { ...base, ...chat, ...activity },
    close: { ...base, ...queues, ...guard },
  };
}

function known(name: string, value: string | number | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: String(value) };
}
