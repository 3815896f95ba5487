import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
  type TopicInfo,
} from '../../../simulator/index.ts';
import { NO_LIMITS } from '../../support/world.ts';
import { freshDataDir, settingsFor, topicMirror } from '../topicMirror.ts';

/** A simulated app, and the mirror of it on this machine. */
export interface RestoreScene {
  readonly simulator: Simulator;
  readonly env: Record<string, string>;
  /** Runs a command to its end. */
  run(...args: string[]): ReturnType<typeof topicMirror>;
  /** Runs a command that lists records, and reads them. */
  records(...args: string[]): Promise<Record<string, unknown>[]>;
  /** Mirrors the app once. @returns the summary */
  sync(): Promise<Record<string, never>>;
  close(): Promise<void>;
}

/** An app without quirks whose API has no rate limits. */
export async function openRestoreScene(options: SimulatorOptions = {}): Promise<RestoreScene> {
  const simulator = createSimulator({ quirks: false, rateLimits: NO_LIMITS, ...options });
  const env = settingsFor(await simulator.listen(), freshDataDir());
  const run = (...args: string[]) => topicMirror(args, env);
  return {
    simulator,
    env,
    run,
    records: async (...args) => jsonLines((await run(...args, '--format', 'jsonl')).stdout),
    sync: async () => JSON.parse((await run('sync', '--json')).stdout),
    close: () => simulator.close(),
  };
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What import_topic carries of a topic. */
export function carried({
  TopicName,
  Introduction,
  Notification,
  FaceUrl,
  CustomString,
  CreateTime,
}: TopicInfo) {
  return { TopicName, Introduction, Notification, FaceUrl, CustomString, CreateTime };
}
