import { ENV, type Environment, readSdkAppId, text } from '../shared/config.ts';
import { CommandError } from './exit.ts';

/** An app that the user named, and by what. */
export interface NamedApp {
  readonly sdkAppId: number;
  /** The option or the variable. */
  readonly by: string;
}

/** The app that `--app` names, or else the environment. @throws {ConfigError} when the variable holds no SDKAppID */
export function namedApp(env: Environment, app?: number): NamedApp | undefined {
  if (app !== undefined) return { sdkAppId: app, by: '--app' };
  return text(env, ENV.sdkAppId) === undefined
    ? undefined
    : { sdkAppId: readSdkAppId(env), by: ENV.sdkAppId };
}

/**
 * The app to work on: the one that is named, or else the only one.
 * @param apps SDKAppIDs, at least one
 * @param where completes "is mirrored …"
 * @throws {CommandError} when there is no such app, or several and none is named
 */
export function chooseApp(named: NamedApp | undefined, apps: readonly number[], where: string): number {
  if (named) {
    if (apps.includes(named.sdkAppId)) return named.sdkAppId;
    throw new CommandError(
      `the app ${named.sdkAppId} (${named.by}) is not mirrored ${where}; ${apps.join(', ')} ${apps.length === 1 ? 'is' : 'are'}`,
    );
  }
  const [only, ...others] = apps;
  if (only !== undefined && others.length === 0) return only;
  throw new CommandError(
    `several apps are mirrored ${where}; choose one with --app (or ${ENV.sdkAppId}): ${apps.join(', ')}`,
  );
}
