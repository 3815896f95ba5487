import { createSimulator } from '../../simulator/index.ts';

/**
 * A simulated app without any limit, in a process of its own: prints its URL, serves until it is killed. Nothing in it
 * is peculiar: the script beside the mirror would not survive a number of 64 bits.
 */
const [communities, topicsPerCommunity] = process.argv.slice(2).map(Number);
const simulator = createSimulator({
  communities: communities ?? 0,
  topicsPerCommunity: topicsPerCommunity ?? 0,
  quirks: false,
  rateLimits: { listPerSecond: Infinity, topicPerSecond: Infinity },
});
console.log(await simulator.listen());
