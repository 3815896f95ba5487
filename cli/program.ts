import { Command } from 'commander';
import { regions } from '../shared/chat/index.ts';
import { ENV } from '../shared/config.ts';
import { addActive } from './commands/active.ts';
import { addActivity } from './commands/activity.ts';
import { addChanges } from './commands/changes.ts';
import { addCheck } from './commands/check.ts';
import { addDeletions } from './commands/deletions.ts';
import { addExport } from './commands/export.ts';
import { addHistory } from './commands/history.ts';
import { addListings } from './commands/listings.ts';
import { addRedrive } from './commands/redrive.ts';
import { addReport } from './commands/report.ts';
import { addRestore } from './commands/restore.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStats } from './commands/stats.ts';
import { addStatus } from './commands/status.ts';
import { addSync } from './commands/sync.ts';
import { addVerify } from './commands/verify.ts';
import { refuseEmpty } from './refuseEmpty.ts';

const SETTING_LINES = [
  [ENV.sdkAppId, 'the app to mirror'],
  [ENV.secretKey, 'its secret key, from the Chat console'],
  [ENV.region, Object.keys(regions).join(', ')],
  [ENV.endpoint, "another base URL instead of the region's"],
  [ENV.identifier, 'admin account, default administrator'],
  [ENV.callsPerSecond, 'get_topic calls a second, default 155, at most 195'],
  [ENV.activityDays, 'days that the messages of each night are kept, default 400; 0 keeps none'],
  [ENV.counters, 'unknown fields of the API that are counters, by commas'],
  [ENV.dataDir, 'where the embedded store lives, default .topic-mirror'],
  [ENV.awsEndpointDynamoDb, 'another server instead of the embedded store'],
  [ENV.awsEndpointSqs, 'another server instead of the embedded queue'],
  ['HTTPS_PROXY, NO_PROXY', 'the proxy to call through, and for which hosts not, as with curl'],
]
  .map(([name = '', meaning]) => `  ${name.padEnd(31)}${meaning}`)
  .join('\n');

const SETTINGS = `
Settings are environment variables:
${SETTING_LINES}

--stack NAME works on the mirror that the CloudFormation stack NAME deployed: credentials and region are those of the
AWS SDK (AWS_PROFILE, AWS_REGION, …), the settings above are the stack's own, and nothing local is opened or made.

Exit codes: 0 done · 1 bad usage or configuration · 2 the run is not COMPLETE · 3 mirror or API out of reach`;

/** The command line. */
export function createProgram(): Command {
  const program = new Command('topic-mirror')
    .description('A nightly, queryable, trustworthy mirror of every Tencent Chat community topic')
    .usage('<command> [options]   (from a checkout: npm run -s mirror -- <command> [options])')
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', SETTINGS)
    .hook('preAction', (_program, command) => refuseEmpty(command));
  addCheck(program);
  addSync(program);
  addListings(program);
  addChanges(program);
  addHistory(program);
  addActive(program);
  addActivity(program);
  addStats(program);
  addDeletions(program);
  addExport(program);
  addRedrive(program);
  addReport(program);
  addRestore(program);
  addStatus(program);
  addVerify(program);
  addSimulate(program);
  return program;
}
