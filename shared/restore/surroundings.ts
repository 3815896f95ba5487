import type { Restore } from './intent.ts';
import type { RestoreParts } from './parts.ts';
import type { PlannedTopic } from './plan.ts';
import type { Surroundings } from './recognise.ts';

/** The mirror's clock and this machine's may differ by so much. */
const SKEW_MS = 15 * 60_000;

/** What is known of the place beside its answer: which topics are accounted for, and who else is making one alike. */
export async function surroundingsOf(
  parts: RestoreParts,
  planned: PlannedTopic,
  intent: Restore,
): Promise<Surroundings> {
  const now = new Date(parts.now()).toISOString();
  const sentAt = Date.parse(intent.sentAt ?? now);
  const before = new Date(sentAt - SKEW_MS).toISOString();
  const [restores, known] = await Promise.all([
    parts.restoresInto(planned),
    parts.knownBefore(planned, before),
  ]);
  const others = restores.filter((other) => !isOf(other, planned));
  const alike = others.filter(
    ({ state, content, sentAt: at }) => state === 'begun' && content === intent.content && at !== undefined,
  );
  const elsewhere = alike.filter(({ owner, until }) => owner !== parts.owner && until >= now);
  const contestedUntil = elsewhere
    .map(({ until }) => until)
    .sort()
    .at(-1);
  return {
    accounted: new Set([...known, ...others.flatMap(({ newTopicId = [] }) => newTopicId)]),
    open: 1 + alike.length - elsewhere.length,
    ...(contestedUntil !== undefined && { contestedUntil }),
    sentAt: sentAt / 1000,
  };
}

function isOf({ groupId, topicId }: Restore, planned: PlannedTopic): boolean {
  return groupId === planned.groupId && topicId === planned.topicId;
}
