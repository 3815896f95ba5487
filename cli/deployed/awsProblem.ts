import { reasonOf } from '../../shared/chat/transportReason.ts';
import { CommandError, EXIT } from '../exit.ts';

/** A call of an AWS service, as a policy names it, and where it went. */
export interface AwsCall {
  /** Such as `cloudformation:DescribeStacks`. */
  readonly action: string;
  /** Such as `cloudformation.eu-central-1.amazonaws.com`. */
  readonly host: string;
}

interface AwsFailure extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const OTHERS = 'AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** The services' names for the same thing differ: query, JSON and REST protocols, old and new. */
const EXPIRED = /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/;
const NOT_ACCEPTED =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken|OptInRequired)$/;
const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized)/;
const THROTTLED =
  /^(Throttl|RequestThrottled|RequestLimitExceeded|TooManyRequests|ProvisionedThroughputExceeded|SlowDown)/;
const GONE = /^(ResourceNotFoundException|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/;

/** Something between here and AWS answered in its place, a proxy's page for one. */
const NOT_AWS = /^(Unknown|UnknownError|SyntaxError)$/;

/** The code that the SDK's timer for connecting leaves out. */
const SDK_CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/**
 * What a user has to know of a failed AWS call that no command can do anything about: settings, credentials,
 * permissions, the way to AWS.
 * @returns undefined for what is not of that kind, such as a refused condition
 */
export function awsProblem(error: AwsFailure, call: AwsCall): CommandError | undefined {
  return settingsProblem(error) ?? refusal(error, call) ?? outage(error, call);
}

/** What fails on this machine, before anything is sent. */
function settingsProblem({ name, message }: AwsFailure): CommandError | undefined {
  if (message === 'Region is missing')
    return new CommandError('no AWS region is set; set AWS_REGION, or AWS_PROFILE to a profile that has one');
  if (message.startsWith('Region not accepted'))
    return new CommandError(
      'the AWS region is no region; set AWS_REGION to one such as us-east-1 or eu-central-1',
    );
  if (!name.endsWith('ProviderError')) return undefined;
  return /expired/i.test(message)
    ? expired()
    : new CommandError(`no AWS credentials were found; set ${OTHERS}`);
}

/** What AWS answers to these credentials. */
function refusal({ name, message }: AwsFailure, { action }: AwsCall): CommandError | undefined {
  if (EXPIRED.test(name)) return expired();
  if (NOT_ACCEPTED.test(name))
    return new CommandError(`AWS does not accept the credentials (${name}); check ${OTHERS}`);
  if (DENIED.test(name)) {
    // The message may name another action than the call's: that of the key that encrypts, for one.
    const denied = /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? action;
    return new CommandError(
      `the AWS credentials do not allow ${denied}; have it granted, or use others: ${OTHERS}`,
    );
  }
  if (GONE.test(name))
    return new CommandError(
      `what ${action} asks for does not exist, although the stack's outputs name it; deploy the stack again`,
    );
  return undefined;
}

function expired(): CommandError {
  return new CommandError(
    'the AWS credentials have expired; renew them (with a profile: "aws sso login" or "aws login") and try again',
  );
}

/** What another try may not meet. */
function outage(error: AwsFailure, { action, host }: AwsCall): CommandError | undefined {
  const { name, code, $metadata: { httpStatusCode: status = 0 } = {} } = error;
  if (THROTTLED.test(name))
    return new CommandError(`AWS throttles ${action}; try again in a minute`, EXIT.unreachable);
  if (status >= 500)
    return new CommandError(
      `AWS failed to answer ${action} (${status} ${name}); try again`,
      EXIT.unreachable,
    );
  if (NOT_AWS.test(name))
    return new CommandError(`AWS is out of reach: ${host} does not answer as AWS does`, EXIT.unreachable);
  const below = code ?? (name === 'TimeoutError' ? SDK_CONNECT_TIMEOUT : undefined);
  if (status > 0 || below === undefined) return undefined;
  const [reason] = reasonOf(host, Object.assign(error, { code: below }));
  return new CommandError(
    `AWS is out of reach: ${reason}; check the network and AWS_REGION`,
    EXIT.unreachable,
  );
}
