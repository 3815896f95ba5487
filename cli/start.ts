import { dataDirOf } from '../local/servers.ts';
import { ENV, text } from '../shared/config.ts';
import { demonstrate } from './demo/demonstrate.ts';
import { interruptSignal } from './interrupt.ts';
import { createProgram } from './program.ts';
import { run } from './run.ts';

/** `npm start`: mirrors the app that the environment names, or else shows two nights of a simulated one. */
const named =
  text(process.env, ENV.sdkAppId) ?? text(process.env, ENV.secretKey) ?? text(process.env, ENV.endpoint);
await run(() =>
  named === undefined
    ? demonstrate(process.env, dataDirOf(process.env), interruptSignal())
    : createProgram().parseAsync(['sync'], { from: 'user' }),
);
