import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OUTPUTS } from '../../../shared/deployment.ts';
import { cleanUp, freshDataDir, topicMirror } from '../topicMirror.ts';
import { credentials } from './deployed.ts';
import { type FakeAws, type FakeError, type FakeStack, openFakeAws } from './fakeAws.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let aws: FakeAws;
/** A loopback address on which nothing listens any more. */
let refusing: string;

beforeAll(async () => {
  const gone = await openFakeAws();
  refusing = gone.endpoint;
  await gone.close();
  aws = await openFakeAws();
});

afterAll(async () => {
  cleanUp();
  await aws.close();
});

/** The one line that a command says of a stack, and its exit code; nothing on stdout, nothing made. */
async function complaint(args: readonly string[], change: Record<string, string> = {}) {
  const dataDir = freshDataDir();
  const env = { ...credentials(aws.endpoint), TOPIC_MIRROR_DATA_DIR: dataDir, ...change };
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const { exitCode, stdout, stderr } = await topicMirror(args, Object.fromEntries(given));
  expect({ stdout, written: existsSync(dataDir) }).toEqual({ stdout: '', written: false });
  return { exitCode, says: stderr.replace(/^topic-mirror: /, '').trimEnd() };
}

const LIST = ['topics', '--stack', 'prod'];

const OTHERS = 'AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

describe('a shell that does not reach AWS', () => {
  it.each([
    [
      'without a region',
      { AWS_REGION: '' },
      1,
      'no AWS region is set; set AWS_REGION, or AWS_PROFILE to a profile that has one',
    ],
    [
      'with a region that is none',
      { AWS_REGION: 'Middle Earth' },
      1,
      'the AWS region is no region; set AWS_REGION to one such as us-east-1 or eu-central-1',
    ],
    ['without credentials', { AWS_ACCESS_KEY_ID: '' }, 1, `no AWS credentials were found; set ${OTHERS}`],
    [
      'with a profile that does not exist',
      { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: 'nobody' },
      1,
      `no AWS credentials were found; set ${OTHERS}`,
    ],
  ])('%s is told what to set', async (_what, change, exitCode, says) => {
    expect(await complaint(LIST, change)).toEqual({ exitCode, says });
  });

  it('with an address that refuses is out of reach, exit 3', async () => {
    expect(await complaint(LIST, { AWS_ENDPOINT_URL_CLOUDFORMATION: refusing })).toEqual({
      exitCode: 3,
      says: `AWS is out of reach: ${new URL(refusing).host} refused the connection; check the network and AWS_REGION`,
    });
  });

  it('with a host that does not exist is out of reach, exit 3', async () => {
    expect(await complaint(LIST, { AWS_ENDPOINT_URL_CLOUDFORMATION: 'https://nowhere.invalid' })).toEqual({
      exitCode: 3,
      says: 'AWS is out of reach: nowhere.invalid is not known to DNS; check the network and AWS_REGION',
    });
  });
});

const REFUSED: readonly [what: string, error: FakeError, exitCode: number, says: string][] = [
  [
    'expired credentials',
    { status: 403, code: 'ExpiredToken', message: 'The security token included in the request is expired' },
    1,
    'the AWS credentials have expired; renew them (with a profile: "aws sso login" or "aws login") and try again',
  ],
  [
    'wrong credentials',
    { status: 403, code: 'InvalidClientTokenId' },
    1,
    `AWS does not accept the credentials (InvalidClientTokenId); check ${OTHERS}`,
  ],
  [
    'a missing permission',
    {
      status: 403,
      code: 'AccessDenied',
      message:
        'User: arn:aws:iam::111122223333:user/reader is not authorized to perform: cloudformation:DescribeStacks on resource: arn:aws:cloudformation:eu-central-1:111122223333:stack/prod/* because no identity-based policy allows the cloudformation:DescribeStacks action',
    },
    1,
    `the AWS credentials do not allow cloudformation:DescribeStacks; have it granted, or use others: ${OTHERS}`,
  ],
  [
    'throttling',
    { code: 'Throttling', message: 'Rate exceeded' },
    3,
    'AWS throttles cloudformation:DescribeStacks; try again in a minute',
  ],
  [
    'an outage',
    { status: 503, code: 'ServiceUnavailable' },
    3,
    'AWS failed to answer cloudformation:DescribeStacks (503 ServiceUnavailable); try again',
  ],
];

describe('AWS that refuses', () => {
  it.each(REFUSED)('%s is one line with the remedy', async (_what, error, exitCode, says) => {
    aws.taught.errors = { DescribeStacks: error };
    expect(await complaint(LIST)).toEqual({ exitCode, says });
  });
});

const OURS = { [OUTPUTS.table]: 'mirror', [OUTPUTS.apps]: '1400000000' };

const UNUSABLE: readonly [what: string, stack: Omit<FakeStack, 'name'>, exitCode: number, says: string][] = [
  [
    'is something else',
    { outputs: { BucketName: 'photos' } },
    1,
    'the stack prod in eu-central-1 is not a Topic Mirror: it has no output CatalogTableName; check the name',
  ],
  [
    'has no apps',
    { outputs: { [OUTPUTS.table]: 'mirror' } },
    1,
    'the stack prod in eu-central-1 is not a Topic Mirror: it has no output Apps; check the name',
  ],
  [
    'is being created',
    { status: 'CREATE_IN_PROGRESS' },
    3,
    'the stack prod is still being created; try again when its deployment has ended',
  ],
  [
    'is only prepared',
    { status: 'REVIEW_IN_PROGRESS' },
    1,
    'the stack prod is only prepared, nothing of it is deployed; deploy it first',
  ],
  [
    'was rolled back',
    { status: 'ROLLBACK_COMPLETE' },
    1,
    'the stack prod could not be created (ROLLBACK_COMPLETE); its events in CloudFormation say why, delete it and deploy it again',
  ],
  [
    'is being deleted',
    { status: 'DELETE_IN_PROGRESS', outputs: OURS },
    1,
    'the stack prod is deleted (DELETE_IN_PROGRESS); deploy it again',
  ],
];

describe('a stack that cannot be used', () => {
  beforeAll(() => {
    aws.taught.errors = {};
  });

  it.each(UNUSABLE)('%s, which is said in one line', async (_what, stack, exitCode, says) => {
    aws.taught.stacks = [{ name: 'prod', ...stack }];
    expect(await complaint(LIST)).toEqual({ exitCode, says });
  });

  it('and does not exist is told with the names of those that do', async () => {
    aws.taught.stacks = [
      { name: 'photos', outputs: { BucketName: 'photos' } },
      { name: 'mirror-prod', outputs: OURS },
    ];
    const says = (names: string) =>
      `there is no stack prod in eu-central-1 of this account; ${names}; AWS_REGION and AWS_PROFILE choose another region and account`;
    expect(await complaint(LIST)).toEqual({ exitCode: 1, says: says('mirror-prod is a Topic Mirror there') });
    aws.taught.stacks = [...aws.taught.stacks, { name: 'mirror-beta', outputs: OURS }];
    expect((await complaint(LIST)).says).toBe(says('mirror-beta, mirror-prod are Topic Mirrors there'));
    aws.taught.stacks = [];
    expect((await complaint(LIST)).says).toBe(says('no other stack there is a Topic Mirror'));
    aws.taught.errors = { ListStacks: { status: 403, code: 'AccessDenied' } };
    expect((await complaint(LIST)).says).toBe(says('check the name'));
  });

  it('has a name that no stack can have', async () => {
    expect(await complaint(['runs', '--stack', 'my stack'])).toEqual({
      exitCode: 1,
      says: '"my stack" is not the name of a stack',
    });
  });
});

describe('an app that is no SDKAppID', () => {
  it('is refused with what it must be', async () => {
    expect(await complaint(['runs', '--stack', 'prod', '--app', '14e8'])).toEqual({
      exitCode: 1,
      says: '--app is "14e8"; it must be an SDKAppID, a positive integer',
    });
  });
});
