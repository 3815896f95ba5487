import { describe, expect, it } from '@jest/globals';
import { awsProblem } from '../../../cli/deployed/awsProblem.ts';
import { EXIT } from '../../../cli/exit.ts';

const call = { action: 'dynamodb:Query', host: 'dynamodb.eu-central-1.amazonaws.com' };

const failure = (name: string, message = name, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe('a failed AWS call', () => {
  it.each(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])(
    'named %s is one of expired credentials',
    (name) => {
      expect(awsProblem(failure(name), call)?.message).toMatch(/have expired; renew them/);
    },
  );

  it('before which a profile’s session had ended is one of expired credentials', () => {
    const message = 'The SSO session associated with this profile has expired. To refresh run aws sso login.';
    expect(awsProblem(failure('CredentialsProviderError', message), call)?.message).toMatch(/have expired/);
  });

  it.each([
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
  ])('named %s is one of credentials that AWS does not accept', (name) => {
    expect(awsProblem(failure(name), call)?.message).toContain(`does not accept the credentials (${name})`);
  });

  it('names the action that is denied, which may be another than the call’s', () => {
    const message = 'User: x is not authorized to perform: kms:Decrypt on this resource';
    const denied = (text: string) => awsProblem(failure('AccessDeniedException', text), call)?.message;
    expect(denied(message)).toContain('do not allow kms:Decrypt;');
    expect(denied('no')).toContain('do not allow dynamodb:Query;');
  });

  it.each([
    ['ThrottlingException', 400],
    ['ProvisionedThroughputExceededException', 400],
    ['TooManyRequestsException', 429],
    ['InternalServerError', 500],
    ['UnknownError', 404],
  ])('named %s is out of reach for now', (name, httpStatusCode) => {
    expect(awsProblem(failure(name, name, { $metadata: { httpStatusCode } }), call)?.exitCode).toBe(
      EXIT.unreachable,
    );
  });

  it.each([
    ['ConditionalCheckFailedException', { $metadata: { httpStatusCode: 400 } }],
    ['ValidationError', { $metadata: { httpStatusCode: 400 } }],
    ['TypeError', {}],
  ])('named %s is left to who called', (name, more) => {
    expect(awsProblem(failure(name, name, more), call)).toBeUndefined();
  });
});
