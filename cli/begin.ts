import { dataDirOf } from '../local/servers.ts';
import { ENV, type Environment, text } from '../shared/config.ts';
import { demonstrate } from './demo/demonstrate.ts';
import { interruptSignal } from './interrupt.ts';
import { createProgram } from './program.ts';
import { run } from './run.ts';

const DEMONSTRATION = { ending: 'interrupted; the next npm start goes on from here' };

/** Mirrors the app that the environment names, or else shows two nights of a simulated one. */
export async function begin(env: Environment): Promise<void> {
  const named = text(env, ENV.sdkAppId) ?? text(env, ENV.secretKey) ?? text(env, ENV.endpoint);
  await run(() =>
    named === undefined
      ? demonstrate(env, dataDirOf(env), interruptSignal(DEMONSTRATION))
      : createProgram().parseAsync(['sync'], { from: 'user' }),
  );
}
