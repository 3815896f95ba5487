import type { Command } from 'commander';
import { CommandError } from './exit.ts';

/**
 * Refuses an option without a text: a variable of the shell that is not set, which no id, time or path can be.
 * @throws {CommandError} that names the option
 */
export function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if ([value].flat().includes(''))
      throw new CommandError(`${option.long} is ""; say ${option.flags.replace(`${option.long} `, '')}`);
  }
}
