import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { checkStage } from '../../infra/checkStage.ts';
import type { StageInput } from '../../infra/stage.ts';
import { TopicMirrorStack } from '../../infra/topicMirrorStack.ts';

export const APP = { sdkAppId: 1_400_000_001, region: 'singapore', secretId: 'chat/one' } as const;
export const OTHER = { sdkAppId: 14_000_000_012, region: 'frankfurt', secretId: 'chat/two' } as const;

/** Little more than a stage has to say: one address, since a stage without any is warned of. */
export const STAGE: StageInput = {
  apps: [APP],
  schedule: { cron: '0 3 * * ? *', timeZone: 'Asia/Singapore' },
  notify: { alarms: ['ops@example.com'] },
};

/** Parts of a template, as CloudFormation documents them; `Refs` are intrinsic functions. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

const context = {
  ...(JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }).context,
  // The functions' code is bundled and measured elsewhere.
  'aws:cdk:bundling-stacks': [],
  '@aws-cdk/core:validateAgainstDefaultRules': false,
};

/** The template of a stage. @throws whatever cdk-nag finds, when it is asked */
export function synthesise(
  input: Partial<StageInput> = {},
  { nag = false }: { nag?: boolean } = {},
): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'topic-mirror-cdk-'));
  try {
    const app = new App({ context, outdir });
    const stack = new TopicMirrorStack(app, checkStage('test', { ...STAGE, ...input }));
    if (nag) {
      const checks = new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true });
      Validations.of(app).addPlugins(checks);
    }
    return app.synth().getStackByName(stack.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The resources of a type, by their logical ids, with properties of the given shape. */
export function ofType<Properties>(template: Template, type: string): Map<string, Properties> {
  const found = Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  return new Map(found.map(([id, { Properties }]) => [id, Properties as Properties]));
}

/** Logical id that an intrinsic function names. */
export function idIn(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  const id = Ref ?? attribute?.[0];
  if (id === undefined) throw new Error(`${JSON.stringify(value)} names no resource`);
  return id;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface LambdaFunction {
  readonly Role: unknown;
  readonly Timeout: number;
  readonly Description: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly LoggingConfig: { readonly LogGroup: unknown };
}

interface Role {
  readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

/** Everything that a function's role allows. */
export function statementsOf(template: Template, { Role }: LambdaFunction): Statement[] {
  const role = ofType<Role>(template, 'AWS::IAM::Role').get(idIn(Role));
  return (role?.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
