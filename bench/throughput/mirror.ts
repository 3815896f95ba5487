import { openLocalMirror } from '../../cli/sync.ts';
import { addressFrom } from '../../lambdas/parts/chat.ts';
import { partsFrom } from '../../lambdas/parts/index.ts';
import { openLogFile } from '../../local/logFile.ts';
import { runNight } from '../../local/night.ts';
import { dataDirOf } from '../../local/servers.ts';
import { createChatClient } from '../../shared/chat/index.ts';
import { ENV, readSecretKey } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import { type Passed, spent } from './passed.ts';

/** One night of the deployed functions behind local queues; all that is left out is the budget of calls. */
const [consumers] = process.argv.slice(2).map(Number);
const { env, store, queues, close } = await openLocalMirror(process.env);
const secretKey = async () => readSecretKey(env);
const runId = new Date().toISOString();
const log = openLogFile(dataDirOf(env), runId);
const resources = {
  [ENV.table]: store.table,
  [ENV.communitiesQueue]: queues.urls.communities,
  [ENV.closingQueue]: queues.urls.closing,
};
const paced = partsFrom(
  { ...env, ...resources },
  { dynamodb: store.client, sqs: queues.client, secretKey, logger: createLogger(log.sink) },
);
/** close-run reckons by it how soon a queue can be drained. */
const app = { ...paced.app, callsPerSecond: Number.POSITIVE_INFINITY };
const chat = createChatClient({ ...app, ...addressFrom(env), secretKey });

const took = spent();
let drainedMs = 0;
const summary = await runNight({
  parts: { ...paced, app, chat },
  runId,
  consumers: consumers ?? 1,
  onProgress: (done, listed) => {
    if (listed > 0 && done === listed && drainedMs === 0) drainedMs = took().ms;
  },
});
const passed: Passed = { ...took(), topics: summary.topics.active, status: summary.status, drainedMs };
await Promise.all([log.close(), close()]);
console.log(JSON.stringify(passed));
