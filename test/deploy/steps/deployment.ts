import { type Cdk, createCdk, type Outputs } from '../cdk.ts';
import { type Deployed, readDeployed } from '../deployed.ts';
import type { Scene } from '../scene.ts';
import { nextNight, writeStage } from '../stage.ts';
import { expectThat, type Steps } from '../steps.ts';

/** What a deployment of this size takes here with some room, ms: the first night has to be later. */
const DEPLOYMENT_MS = 30_000;

export interface Deployment {
  readonly cdk: Cdk;
  readonly deployed: Deployed;
  /** When the first night is due. */
  readonly due: Date;
  /** Deploys the stage again, with a table that exists already. @param streamArn the ARN of its stream */
  deployOn(streamArn: string): Promise<Deployed>;
}

/** Bootstraps the account and deploys the stack. The first night is due soon afterwards. */
export async function deployStack(steps: Steps, scene: Scene): Promise<Deployment> {
  const { folder, simulated, miniStack, aws } = scene;
  const schedule = (leadMs: number) => {
    const due = nextNight(Date.now(), leadMs);
    return { due, cdk: createCdk(miniStack.env, folder, writeStage(folder, simulated, due)) };
  };
  await steps.run('cdk bootstrap', () => schedule(DEPLOYMENT_MS).cdk.bootstrap());
  let { due, cdk } = schedule(DEPLOYMENT_MS);
  let outputs = await deploy(steps, cdk, due);
  if (Date.now() > due.getTime() - MARGIN_MS) {
    // A slow machine: the night is put off by deploying the stage with a later one.
    ({ due, cdk } = schedule(4 * DEPLOYMENT_MS));
    outputs = await deploy(steps, cdk, due);
  }
  const deployed = await readDeployed(aws, outputs);
  const deployOn = async (streamArn: string) => {
    writeStage(folder, simulated, due, streamArn);
    return readDeployed(aws, (await cdk.deploy()).outputs);
  };
  return { cdk, deployed, due, deployOn };
}

/** What has to be ready before the first night takes no longer. */
const MARGIN_MS = 5_000;

async function deploy(steps: Steps, cdk: Cdk, due: Date): Promise<Outputs> {
  const name = `cdk deploy, the first night due at ${due.toISOString()}`;
  return (await steps.run(name, () => cdk.deploy())).outputs;
}

/** Expects that deploying again changes nothing. */
export async function expectNoChange(cdk: Cdk): Promise<void> {
  const difference = await cdk.diff();
  expectThat(difference.includes('There were no differences'), `cdk diff shows differences:\n${difference}`);
  const { printed } = await cdk.deploy();
  expectThat(printed.includes('(no changes)'), `a second cdk deploy changed something:\n${printed}`);
}
