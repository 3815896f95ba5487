import type { Command } from 'commander';
import type { ChatError } from '../../shared/chat/index.ts';
import { ENV } from '../../shared/config.ts';
import { checkApi, type Finding } from '../check/checkApi.ts';
import { tryingClient } from '../check/tryingClient.ts';
import { namedApp } from '../chooseApp.ts';
import { EXIT } from '../exit.ts';
import type { Where } from '../mirror.ts';
import { printable } from '../output/printable.ts';
import { onMirror } from './options.ts';

/** Adds `check`, which tries the settings and says what is wrong with them. */
export function addCheck(program: Command): void {
  const check = program
    .command('check')
    .description('try the settings: ask the API for its list and for one community, and say what is wrong');
  onMirror(check)
    .addHelpText('after', HELP)
    .action(({ stack, app }: Where) => (stack === undefined ? checkHere(app) : checkStack(stack, app)));
}

const HELP = `
Nothing is written. With --stack the deployed mirror is looked at instead: whether the account lets as many functions
run at once as the stack needs.`;

async function checkHere(app: number | undefined): Promise<void> {
  const env = { ...process.env, ...(app !== undefined && { [ENV.sdkAppId]: String(app) }) };
  await print(checkApi(tryingClient(env)));
}

async function checkStack(stack: string, app: number | undefined): Promise<void> {
  // Loaded only here: see withMirror.
  const { checkDeployed } = await import('../deployed/check.ts');
  await print(checkDeployed(stack, namedApp(process.env, app)));
}

function mayPass(error: ChatError | undefined): boolean {
  return error?.treatment === 'retry' || error?.treatment === 'slow-down';
}

async function print(findings: AsyncIterable<Finding>): Promise<void> {
  for await (const { what, isRight, said, error } of findings) {
    console.log(printable(`${isRight ? '✓' : '✗'} ${what}: ${said}`));
    if (!isRight) process.exitCode = mayPass(error) ? EXIT.unreachable : EXIT.usage;
  }
}
