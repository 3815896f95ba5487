import { type Command, Option } from 'commander';
import {
  createSimulator,
  DEFAULT_SECRET_KEY,
  type FaultOptions,
  kindNames,
  type Simulator,
  type SimulatorOptions,
} from '../../simulator/index.ts';
import { CommandError } from '../exit.ts';

interface SimulateOptions {
  readonly port: number;
  readonly communities: number;
  readonly topicsPerCommunity: number;
  readonly seed: number;
  readonly sdkAppId: number;
  readonly latency: number;
  readonly latencySigma?: number;
  readonly network: number;
  readonly stalls: number;
  readonly faultRate: number;
  readonly faultSeed: number;
  readonly faults?: string[];
  readonly untilDisconnected?: boolean;
}

/** Adds `simulate`, which serves a simulated Tencent Chat until it is stopped. */
export function addSimulate(program: Command): void {
  const simulate = program
    .command('simulate')
    .description('serve a simulated Tencent Chat app over HTTP, for this tool, curl or any other client')
    .addOption(whole('--port <port>', 'loopback port; 0 takes a free one', 9870, 65_535))
    .addOption(whole('--communities <n>', 'communities of the app', 500, 1_000_000))
    .addOption(whole('--topics-per-community <k>', 'topics of a community, on average', 12, 200))
    .addOption(whole('--seed <n>', 'the same seed gives the same app', 1, 2 ** 31))
    .addOption(
      whole('--sdk-app-id <id>', 'SDKAppID of the simulated app', 1_400_000_000, Number.MAX_SAFE_INTEGER),
    )
    .addOption(whole('--latency <ms>', 'median time to an answer', 0, 60_000))
    .addOption(
      amount('--latency-sigma <s>', 'how uneven that time is: sigma of a lognormal, 0.5 unless told', 3),
    )
    .addOption(
      amount('--network <ms>', 'median of the way to the API, before a call is judged', 60_000).default(0),
    )
    .addOption(
      amount('--stalls <share>', 'share of the calls that are held up 50 to 600 ms on it', 1).default(0),
    )
    .addOption(amount('--fault-rate <share>', 'share of the calls that meet a fault', 1).default(0))
    .addOption(whole('--fault-seed <n>', 'the same seed and calls meet the same faults', 1, 2 ** 31))
    .option('--faults <kinds>', `kinds of faults, by commas: ${kindNames.join(', ')}`, (text) =>
      text.split(','),
    )
    .addOption(
      new Option('--until-disconnected', 'end with the process that started it, not by a signal').hideHelp(),
    );
  simulate.action(async (options: SimulateOptions) => {
    const { port, seed, sdkAppId, communities, topicsPerCommunity } = options;
    const app = { seed, sdkAppId, communities, topicsPerCommunity };
    const simulator = createTold({ ...app, ...delaysOf(options), ...faultsOf(options) });
    const url = await simulator.listen(port);
    console.log(url);
    if (process.stdout.isTTY) console.error(instructions(url, app));
    const stop = () => void simulator.close().then(() => process.exit(0));
    if (!options.untilDisconnected) {
      process.once('SIGINT', stop).once('SIGTERM', stop);
      return;
    }
    process.on('SIGINT', ignore).on('SIGTERM', ignore).once('disconnect', stop);
    if (!process.connected) stop();
  });
}

/** Without a listener a signal would end the process. */
function ignore(): void {}

function delaysOf(options: SimulateOptions): Pick<SimulatorOptions, 'latency' | 'network'> {
  const { latency, latencySigma: sigma, network, stalls } = options;
  if (latency === 0 && sigma !== undefined)
    throw new CommandError('--latency-sigma needs --latency, the median time to an answer');
  return {
    ...(latency > 0 && { latency: { medianMs: latency, ...(sigma !== undefined && { sigma }) } }),
    ...((network > 0 || stalls > 0) && { network: { medianMs: network, stalls } }),
  };
}

function faultsOf({ faultRate, faultSeed, faults }: SimulateOptions): { faults?: FaultOptions } {
  if (faultRate > 0)
    return { faults: { rate: faultRate, seed: faultSeed, ...(faults && { kinds: faults }) } };
  if (faults) throw new CommandError('--faults needs --fault-rate, the share of the calls that meet one');
  return {};
}

/** @throws {CommandError} that names the option which the simulator does not take */
function createTold(options: SimulatorOptions): Simulator {
  try {
    return createSimulator(options);
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message);
    throw error;
  }
}

function amount(flags: string, description: string, most: number): Option {
  return new Option(flags, description).argParser((value) => {
    const number = Number(value);
    if (/^(\d+\.?\d*|\.\d+)$/.test(value) && number <= most) return number;
    throw new CommandError(
      `${flags.split(' ')[0]} is ${JSON.stringify(value)}; it must be from 0 to ${most}`,
    );
  });
}

function whole(flags: string, description: string, preset: number, most: number): Option {
  return new Option(flags, description).default(preset).argParser((value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number <= most) return number;
    throw new CommandError(
      `${flags.split(' ')[0]} is ${JSON.stringify(value)}; it must be a whole number up to ${most}`,
    );
  });
}

function instructions(
  url: string,
  {
    sdkAppId,
    communities,
    topicsPerCommunity,
  }: Pick<SimulateOptions, 'sdkAppId' | 'communities' | 'topicsPerCommunity'>,
): string {
  return `
A simulated Tencent Chat app with ${communities} communities, about ${topicsPerCommunity} topics each. Mirror it from another shell:

  TENCENT_CHAT_ENDPOINT=${url} TENCENT_CHAT_SDK_APP_ID=${sdkAppId} \\
  TENCENT_CHAT_SECRET_KEY=${DEFAULT_SECRET_KEY} npm run -s mirror -- sync

What it was asked: ${url}/simulator/stats · everything else: ${url}/simulator · Ctrl-C ends it.`;
}
