import type { Command } from 'commander';
import { addCommunities } from './communities.ts';
import { addRuns } from './runs.ts';
import { addSilent } from './silent.ts';
import { addTopics } from './topics.ts';

/** Adds the commands that list what is mirrored. */
export function addListings(program: Command): void {
  addTopics(program);
  addSilent(program);
  addCommunities(program);
  addRuns(program);
}
