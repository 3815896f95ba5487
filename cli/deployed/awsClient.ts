import { proxiedHandler } from '../../local/proxy/proxiedHandler.ts';
import { type AwsCall, awsProblem } from './awsProblem.ts';

/**
 * Settings of one client of a command; credentials and region are the SDK's own. A person waits: an address that
 * accepts nothing is given up after seconds, not after the minutes of the operating system.
 */
export function clientSettings(requestTimeout = 20_000) {
  const patience = { connectionTimeout: 3_000, requestTimeout, throwOnRequestTimeout: true };
  return { maxAttempts: 3, requestHandler: proxiedHandler(patience) };
}

/** What the SDK tells a middleware of the call that it wraps. */
interface Context {
  readonly clientName?: string;
  readonly commandName?: string;
  readonly endpointV2?: { readonly url: URL };
}

type Handler = (args: unknown) => Promise<unknown>;

/** As much of any SDK client as is needed here; the SDK's own type ties it to one service's inputs and outputs. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler, context: Context) => Handler,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** A client whose failures are told in a user's words wherever it is called: see {@link awsProblem}. */
export function inPlainWords<C extends object>(client: C): C {
  (client as Client).middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw (error instanceof Error && awsProblem(error, callOf(context))) || error;
      }
    },
    { step: 'initialize', name: 'inPlainWords' },
  );
  return client;
}

/** The one action that is not named as its command is. */
const ACTIONS: { readonly [action: string]: string } = { 'lambda:Invoke': 'lambda:InvokeFunction' };

function callOf({ clientName = '', commandName = '', endpointV2 }: Context): AwsCall {
  const service = clientName.replace(/Client$/, '').toLowerCase();
  const action = `${service}:${commandName.replace(/Command$/, '')}`;
  return { action: ACTIONS[action] ?? action, host: endpointV2?.url.host ?? service };
}
