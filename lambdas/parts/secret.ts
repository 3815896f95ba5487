import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigError, ENV, type Environment, text } from '../../shared/config.ts';

/** Reads the secret key from Secrets Manager, once, and again when Tencent refuses what it signs. */
export function secretFrom(env: Environment): (refresh: boolean) => Promise<string> {
  const SecretId = text(env, ENV.secretId);
  if (SecretId === undefined) {
    throw new ConfigError(
      `${ENV.secretId} is not set; set it to the Secrets Manager id of the app's secret key`,
    );
  }
  const client = new SecretsManagerClient({});
  let secret: Promise<string> | undefined;
  return (refresh) => {
    if (!refresh && secret) return secret;
    const reading = readSecret(client, SecretId);
    // A reading that failed must not answer for the rest of the environment's life.
    reading.catch(() => {
      if (secret === reading) secret = undefined;
    });
    secret = reading;
    return reading;
  };
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
  if (!SecretString) throw new ConfigError(`the secret that ${ENV.secretId} names holds no text`);
  return SecretString.trim();
}
