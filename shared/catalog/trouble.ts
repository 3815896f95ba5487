import { attentionOf } from './keys.ts';
import { shortened, update } from './stampUpdate.ts';
import { type Store, setAll, type Update } from './store.ts';

/** A delivery of a community's message that failed for another reason than the API's. */
export interface Trouble {
  readonly runId: string;
  /** When the delivery began, ISO 8601 UTC. */
  readonly at: string;
  readonly message: string;
}

/**
 * Notes on the stamp why a message comes back, so that the run can name the last error of one that becomes a dead
 * letter. It is no outcome: the run goes on waiting for one. Refused when the community has been synced since, and, but
 * for a message that asks for no answer, when the run has a good outcome of it.
 */
export function noteTrouble(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { runId, at, message }: Trouble,
  { asksNothing = false } = {},
): Promise<boolean> {
  const attention = attentionOf(sdkAppId, 'community-failing');
  const lastError = shortened(message);
  const set = setAll({ groupId, itemType: 'community', lastError, lastErrorRunId: runId });
  const since = ['failingSince', 'attentionSince'].map((name) => `${name} = if_not_exists(${name}, :at)`);
  const change: Update = {
    ...set,
    // One that is unsupported, or ignored, stays so.
    expression: `${set.expression}, attention = if_not_exists(attention, :attention), ${since.join(', ')} REMOVE lastErrorCode`,
    names: { ...set.names, ...(!asksNothing && { '#run': 'run' }) },
    values: { ...set.values, ':at': at, ':attention': attention },
  };
  const open = '(attribute_not_exists(#run) OR #run.id <> :lastErrorRunId OR #run.outcome = :failed)';
  return update(store, sdkAppId, groupId, change, {
    expression: `(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :at)${asksNothing ? '' : ` AND ${open}`}`,
    values: asksNothing ? {} : { ':failed': 'failed' },
  });
}
