import { join, resolve } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BUNDLING } from '../bundling.ts';
import { writeLogs } from '../permissions.ts';
import type { Stage } from '../stage.ts';

const root = resolve(import.meta.dirname, '..', '..');

export interface MirrorFunctionProps {
  /** Folder of lambdas whose index.ts is the function's entry. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  /** MB; the share of a processor grows with it, a whole one at 1,769. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * For a function that wakes itself through its queue: otherwise Lambda takes it for a runaway, and after sixteen turns
   * its message is a dead letter (docs.aws.amazon.com, Lambda recursive loop detection).
   */
  readonly wakesItself?: boolean;
  /** All that the function may do beside writing its log. */
  readonly statements: readonly PolicyStatement[];
}

/** A function: bundled, with a log group and a role of its own. Nothing but `statements` adds to what it may do. */
export class MirrorFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, stage: Stage, props: MirrorFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const statements = [writeLogs(logGroup), ...props.statements];
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new PolicyDocument({ statements }) },
    });
    super(scope, id, {
      ...codeOf(props.entry),
      description: props.description,
      timeout: props.timeout,
      memorySize: props.memorySize,
      environment: { ...props.environment },
      logGroup,
      ...(props.wakesItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      // Event sources and destinations would add grants of their own, wider than the statements above.
      role: role.withoutPolicyUpdates(),
    });
  }
}

function codeOf(entry: string) {
  const { format: _esm, mainFields, alias, ...bundling } = BUNDLING;
  return {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    awsSdkConnectionReuse: false,
    entry: join(root, 'lambdas', entry, 'index.ts'),
    projectRoot: root,
    depsLockFilePath: join(root, 'package-lock.json'),
    bundling: {
      ...bundling,
      format: OutputFormat.ESM,
      mainFields: [...mainFields],
      esbuildArgs: Object.fromEntries(Object.entries(alias).map(([from, to]) => [`--alias:${from}`, to])),
      bundleAwsSDK: true,
      sourceMap: false,
    },
  };
}
