import { createRequire } from 'node:module';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pLimit from 'p-limit';
import { type Passed, spent } from './passed.ts';

/**
 * What people would otherwise write, in a process of its own: list the communities, ask for the topics of each, put
 * each topic; `writes` is the last of these alone, `calls` the others. It imports nothing of the product.
 */
const [what = '', callsInFlight, table = ''] = process.argv.slice(2);
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2') as {
  Api: new (sdkAppId: number, secretKey: string) => { genSig(identifier: string, seconds: number): string };
};

const endpoint = process.env['TENCENT_CHAT_ENDPOINT'];
const sdkAppId = Number(process.env['TENCENT_CHAT_SDK_APP_ID']);
const identifier = 'administrator';
const userSig = new Api(sdkAppId, process.env['TENCENT_CHAT_SECRET_KEY'] ?? '').genSig(identifier, 86_400);
const dynamodb = new DynamoDBClient({
  endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const limit = pLimit(Number(callsInFlight));

type Topic = Record<string, unknown>;

const PASSES: Readonly<Record<string, () => Promise<Passed>>> = {
  script: () => wholePass(true),
  calls: () => wholePass(false),
  writes: onlyWrites,
};
const passed = await PASSES[what]?.();
dynamodb.destroy();
console.log(JSON.stringify(passed));

async function wholePass(keeps: boolean): Promise<Passed> {
  const took = spent();
  const counts = await Promise.all(
    (await communities()).map((groupId) =>
      limit(async () => {
        const topics = await topicsOf(groupId);
        if (keeps) for (const topic of topics) await put(topic);
        return topics.length;
      }),
    ),
  );
  return { topics: counts.reduce((sum, count) => sum + count, 0), ...took() };
}

/** The store's own rate: the same items, known before the watch starts. */
async function onlyWrites(): Promise<Passed> {
  const answers = await Promise.all((await communities()).map((groupId) => limit(topicsOf, groupId)));
  const topics = answers.flat();
  const took = spent();
  await Promise.all(topics.map((topic) => limit(put, topic)));
  return { topics: topics.length, ...took() };
}

async function communities(): Promise<string[]> {
  const groupIds: string[] = [];
  let next = 0;
  do {
    const page = await call('group_open_http_svc/get_appid_group_list', {
      GroupType: 'Community',
      Limit: 10_000,
      Next: next,
    });
    groupIds.push(...(page['GroupIdList'] as { GroupId: string }[]).map(({ GroupId }) => GroupId));
    next = page['Next'] as number;
  } while (next !== 0);
  return groupIds;
}

/** None of a community that answers with an error, as one without the feature does. */
async function topicsOf(groupId: string): Promise<Topic[]> {
  const answer = await call('million_group_open_http_svc/get_topic', {
    GroupId: groupId,
    From_Account: identifier,
  });
  const elements = (answer['TopicAndSelfInfo'] ?? []) as { TopicInfo: Topic }[];
  return elements.map(({ TopicInfo }) => TopicInfo);
}

async function put(topic: Topic): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(topic) }));
}

async function call(path: string, body: object): Promise<Record<string, unknown>> {
  const query = new URLSearchParams({
    sdkappid: String(sdkAppId),
    identifier,
    usersig: userSig,
    random: String(Math.floor(Math.random() * 2 ** 32)),
    contenttype: 'json',
  });
  const response = await fetch(`${endpoint}/v4/${path}?${query}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}
