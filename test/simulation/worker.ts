import { parentPort, workerData } from 'node:worker_threads';
import { installVirtualTime } from './virtualTime.ts';

const time = installVirtualTime();
// Not before: what the code under test imports must find the timers replaced.
const { simulate } = await import('./simulate.ts');

const print = workerData.trace ? (line: string) => console.log(line) : undefined;

parentPort?.on('message', async (message: { from: number; to: number } | 'done') => {
  if (message === 'done') return parentPort?.close();
  for (let seed = message.from; seed < message.to; seed++)
    parentPort?.postMessage(await simulate(seed, time, print));
  parentPort?.postMessage('ready');
});
parentPort?.postMessage('ready');
