import { App } from 'aws-cdk-lib';
import { StageError } from './checkStage.ts';
import { loadStage } from './loadStage.ts';
import { TopicMirrorStack } from './topicMirrorStack.ts';

/** `npx cdk synth` and `npx cdk deploy [-c stage=NAME]`. */
const app = new App();
try {
  new TopicMirrorStack(app, await loadStage(String(app.node.tryGetContext('stage') ?? 'production')));
  app.synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  process.stderr.write(`topic-mirror: ${error.message}\n`);
  process.exitCode = 1;
}
