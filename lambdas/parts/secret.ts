import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigError, ENV, type Environment, text } from '../../shared/config.ts';
import { isLoopback } from '../../shared/loopback.ts';

/** Reads the secret key from Secrets Manager, once, and again when Tencent refuses what it signs. */
export function secretFrom(
  env: Environment,
  client = new SecretsManagerClient({}),
): (refresh: boolean) => Promise<string> {
  const SecretId = text(env, ENV.secretId);
  if (SecretId === undefined) {
    throw new ConfigError(
      `${ENV.secretId} is not set; set it to the Secrets Manager id of the app's secret key`,
    );
  }
  let secret: Promise<string> | undefined;
  return (refresh) => {
    if (!refresh && secret) return secret;
    const reading = readSecret(overTls(client), SecretId);
    // A reading that failed must not answer for the rest of the environment's life.
    reading.catch(() => {
      if (secret === reading) secret = undefined;
    });
    secret = reading;
    return reading;
  };
}

/**
 * Has a client fetch secrets over TLS or from this machine, and from nowhere else: AWS_ENDPOINT_URL, or a profile's
 * endpoint_url, may name any server.
 */
function overTls(client: SecretsManagerClient): SecretsManagerClient {
  client.middlewareStack.add(
    (next) => (args) => {
      refusePlainHttp(args.request as Destination);
      return next(args);
    },
    { name: 'overTls', step: 'finalizeRequest', priority: 'low', override: true },
  );
  return client;
}

interface Destination {
  readonly protocol: string;
  readonly hostname: string;
}

/** @throws {ConfigError} when the secret would be sent in clear */
function refusePlainHttp({ protocol, hostname }: Destination): void {
  if (protocol === 'https:' || isLoopback(hostname)) return;
  throw new ConfigError(
    `secrets are not fetched from ${hostname} in plain http; set AWS_ENDPOINT_URL_SECRETS_MANAGER, or AWS_ENDPOINT_URL, to https or to a loopback address`,
  );
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
  if (!SecretString) throw new ConfigError(`the secret that ${ENV.secretId} names holds no text`);
  return SecretString.trim();
}
