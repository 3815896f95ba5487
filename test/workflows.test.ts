import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const FOLDER = '.github/workflows';

/** Each step that runs an action, with the lines that belong to it. */
const steps = readdirSync(FOLDER).flatMap((file) =>
  readFileSync(join(FOLDER, file), 'utf8')
    .split(/^ *- (?=\w+:)/m)
    .filter((step) => step.startsWith('uses:')),
);

describe('the workflows', () => {
  it('run actions of a fixed commit alone', () => {
    expect(steps.length).toBeGreaterThan(3);
    expect(steps.filter((step) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d/.test(step))).toEqual([]);
  });

  it('keep no credentials after a checkout', () => {
    const checkouts = steps.filter((step) => step.includes('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(1);
    expect(checkouts.filter((step) => !step.includes('persist-credentials: false'))).toEqual([]);
  });
});
