import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogOf } from '../../shared/catalog/index.ts';
import { topicsOf } from '../../shared/catalog/topics.ts';
import type { RestoreId } from '../../shared/restore/intent.ts';
import type { Mirror } from '../mirror.ts';
import type { CarryOutParts } from './carryOut.ts';
import { look, lookFor } from './look.ts';
import type { Target } from './target.ts';

/** Wires what restoring needs: the mirror's table, and the API of the app that topics are put into. */
export function restorePartsOf(mirror: Mirror, { chat }: Pick<Target, 'chat'>): CarryOutParts {
  const { store, sdkAppId } = mirror;
  const catalog = catalogOf(store, sdkAppId);
  return {
    ...catalog,
    owner: randomUUID(),
    read: catalog.readRestore,
    put: catalog.putRestore,
    importTopic: chat.importTopic,
    look: (groupId) => look(chat, groupId),
    lookFor: (groupId, topicId) => lookFor(chat, groupId, topicId),
    restoresInto: (id) => restoresInto(catalog, id),
    knownBefore: (id, time) => knownBefore(mirror, id, time),
    now: Date.now,
    sleep: (ms) => sleep(ms),
    mark: randomUUID,
  };
}

/** Into a topic's own community only its own tombstones are put back, or copies from anywhere. */
async function restoresInto({ restoresOf }: ReturnType<typeof catalogOf>, { to }: RestoreId) {
  const all = await Array.fromAsync(restoresOf());
  return all.filter((one) => one.to.sdkAppId === to.sdkAppId && one.to.groupId === to.groupId);
}

async function knownBefore({ store }: Mirror, { to }: RestoreId, time: string): Promise<string[]> {
  const known = await Array.fromAsync(topicsOf(store, to.sdkAppId, to.groupId, { consistent: true }));
  return known.filter(({ firstSeenAt }) => firstSeenAt < time).map(({ topicId }) => topicId);
}
