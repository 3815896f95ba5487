import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkStage, StageError } from './checkStage.ts';
import type { Stage } from './stage.ts';

const stages = join(import.meta.dirname, 'stages');

/**
 * Loads a stage.
 * @param nameOrPath a name of infra/stages, or a path that ends in .ts
 * @throws {StageError} when there is no such file, or it holds a mistake
 */
export async function loadStage(nameOrPath: string): Promise<Stage> {
  const isPath = nameOrPath.endsWith('.ts');
  const name = isPath ? basename(nameOrPath, '.ts') : nameOrPath;
  if (!isPath && !/^[\w-]+$/.test(name)) {
    throw new StageError(
      `stage ${JSON.stringify(name)}: name a stage of infra/stages, or a path that ends in .ts`,
    );
  }
  const file = isPath ? resolve(nameOrPath) : join(stages, `${name}.ts`);
  const shown = relative(process.cwd(), file);
  if (!existsSync(file)) {
    throw new StageError(
      `stage ${name}: ${shown} does not exist; copy infra/stages/production.ts to it and edit it, or name another stage with -c stage=NAME`,
    );
  }
  return checkStage(name, await read(name, file, shown));
}

async function read(name: string, file: string, shown: string): Promise<unknown> {
  const module = await import(pathToFileURL(file).href).catch((error: unknown) => {
    const [line] = String(error).split('\n');
    throw new StageError(`stage ${name}: ${shown} cannot be read: ${line}`);
  });
  const { default: stage } = module as { default?: unknown };
  if (stage === undefined) {
    throw new StageError(`stage ${name}: ${shown} exports no stage; write export default defineStage({ … })`);
  }
  return stage;
}
