import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { at, RUN_ID, snapshot } from '../../builders.ts';

/** A topic that the example night has found deleted. */
export function tombstone(fields: Partial<Snapshot> = {}, runId = RUN_ID): Snapshot {
  const { profile, lastChange: _created, ...alive } = snapshot(fields);
  return {
    ...alive,
    profile,
    status: 'deleted',
    observedAt: at(30),
    lastChangedAt: at(30),
    deletedAt: at(20),
    deletedCode: 110003,
    lastChange: { runId, kind: 'deleted', runKind: 'deleted', before: profile },
    ...fields,
  };
}
