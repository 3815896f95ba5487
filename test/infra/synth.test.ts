import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';

// A process of its own loads the library once more.
jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs what cdk.json names as cdk would, without credentials. */
function synth(stage: string) {
  const { app, context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as {
    app: string;
    context: Record<string, unknown>;
  };
  const [command = '', ...args] = app.split(' ');
  return spawnSync(command === 'node' ? process.execPath : command, args, {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage, 'aws:cdk:bundling-stacks': [] }),
    },
  });
}

describe('synth', () => {
  it('of the stage that is shipped works without an account, and says what is still the example', () => {
    const { status, stderr } = synth('production');
    expect(stderr).toContain("1400000000 is the example's SDKAppID; put your own into the stage file");
    expect(stderr).toContain('notify.alarms is empty: alarms will ring where nobody hears them');
    expect(status).toBe(0);
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    expect(manifest).toContain('aws://unknown-account/unknown-region');
  });

  it('says on which night the clocks pass over the schedule', () => {
    const path = join(folder, 'berlin.ts');
    const stage = {
      apps: [{ sdkAppId: 1_400_000_001, region: 'frankfurt', secretId: 'chat' }],
      schedule: { cron: '30 2 * * ? *', timeZone: 'Europe/Berlin' },
    };
    writeFileSync(path, `export default ${JSON.stringify(stage)};`);
    const { status, stderr } = synth(path);
    expect(stderr).toContain(
      'app 1400000001 has no run on 2027-03-28: the clocks of Europe/Berlin pass over the time of "30 2 * * ? *"',
    );
    expect(status).toBe(0);
  });

  it('of a stage with a mistake ends with 1 and one line', () => {
    const path = join(folder, 'eu.ts');
    writeFileSync(
      path,
      'export default { apps: [{ sdkAppId: 1400000001, region: "mars", secretId: "s" }] };',
    );
    const { status, stdout, stderr } = synth(path);
    expect(stderr).toBe(
      'topic-mirror: stage eu: apps[0].region is "mars"; allowed: china, singapore, seoul, tokyo, frankfurt, silicon-valley, jakarta, riyadh\n',
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
});
