import { ANSWER_MUTANTS } from './answerMutants.ts';
import { NIGHT_MUTANTS } from './nightMutants.ts';
import { RESTORE_MUTANTS } from './restoreMutants.ts';
import { ROSTER_MUTANTS } from './rosterMutants.ts';
import { THROTTLING_MUTANTS } from './throttlingMutants.ts';

/** A deliberate mistake in product code, and what should notice it: tests, seeds of the simulation, or each of them. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Exact text that stands in the file once. */
  readonly text: string;
  readonly mistake: string;
  /** Test files, from `test/`, without `.test.ts`. */
  readonly tests?: readonly string[];
  /** Regular expression on the titles of the tests to run; without it all of the files'. */
  readonly titles?: string;
  /** So many seeds of the simulation, from 1 on, one of which must end in a violation. */
  readonly seeds?: number;
}

const SYNC = 'lambdas/sync-community/handler';
const STAMPS = 'shared/catalog/communities';
const INFRA = 'infra/stack';

/** Mistakes in what is taken for a deletion, and in what is done with one. */
const DELETIONS: readonly Mutant[] = [
  {
    name: 'a confirmation is skipped: absent topics count as gone',
    file: 'shared/sync/absent.ts',
    text: 'if (!confirmation) return missing(stored, seen, seen.observedAt);',
    mistake: 'if (!confirmation) return candidate(stored, seen, seen.observedAt, 110003);',
    tests: ['shared/sync/plan'],
  },
  {
    name: 'a topic that its id does not find is deleted on its absence',
    file: 'shared/sync/absent.ts',
    text: 'if (code !== undefined && TOPIC_GONE_CODES.has(code))',
    mistake: 'if (code === undefined || TOPIC_GONE_CODES.has(code))',
    tests: ['shared/sync/plan'],
  },
  {
    name: 'any code of a topic confirms that it is gone',
    file: 'shared/sync/absent.ts',
    text: 'if (code !== undefined && TOPIC_GONE_CODES.has(code))',
    mistake: 'if (code !== undefined)',
    tests: ['shared/sync/plan'],
    seeds: 500,
  },
  {
    name: 'a topic that failed in the answer is taken for absent',
    file: 'shared/sync/absent.ts',
    text: 'new Set([...topics, ...failures.filter(isUnknown)].map',
    mistake: 'new Set([...topics].map',
    tests: ['shared/sync/plan'],
  },
  {
    name: 'a tombstone is asked for again every night',
    file: 'shared/sync/absent.ts',
    text: "status !== 'deleted' && !spared",
    mistake: '!spared',
    tests: ['shared/sync/plan', SYNC],
    titles: 'tombstone|absent',
  },
  {
    name: 'what was confirmed after the verdict is deleted as well',
    file: 'shared/sync/tombstone.ts',
    text: "isCandidate(topic, judged.runId) && (topic.confirmedAt ?? '') <= judged.judgedAt",
    mistake: 'isCandidate(topic, judged.runId)',
    tests: ['shared/sync/tombstone'],
  },
  {
    name: 'a tombstone is written without a look at whose candidate it is',
    file: 'shared/sync/tombstone.ts',
    text: 'isCandidate(topic, judged.runId) && ',
    mistake: '',
    tests: ['shared/sync/tombstone'],
  },
  {
    name: 'the guard lets one more than always through',
    file: 'shared/sync/guard.ts',
    text: 'deleted <= always',
    mistake: 'deleted <= always + 1',
    tests: ['shared/sync/guard'],
  },
  {
    name: 'the guard holds what is exactly at its absolute limit',
    file: 'shared/sync/guard.ts',
    text: 'if (deleted > most)',
    mistake: 'if (deleted >= most)',
    tests: ['shared/sync/guard'],
  },
  {
    name: 'the guard holds what is exactly at its share',
    file: 'shared/sync/guard.ts',
    text: 'deleted / before <= ratio',
    mistake: 'deleted / before < ratio',
    tests: ['shared/sync/guard'],
  },
  {
    name: 'the guard forgets what a reopened run has deleted already',
    file: 'shared/sync/guard.ts',
    text: 'const deleted = confirmed + already;',
    mistake: 'const deleted = confirmed;',
    tests: ['shared/sync/guard'],
  },
  {
    name: 'deletions that are held are carried out all the same',
    file: 'lambdas/close-run/judge.ts',
    text: 'if (!verdict || isHeld(run, verdict) || run.haltedBy) return false;',
    mistake: 'if (!verdict || run.haltedBy) return false;',
    tests: ['lambdas/close-run/confirmedDeletions'],
    titles: 'more confirmed deletions',
  },
  {
    name: 'a run whose list is in doubt is judged',
    file: 'lambdas/close-run/judge.ts',
    text: 'if (listDoubt(run, tally, limits) !== undefined) return undefined;',
    mistake: '',
    tests: ['lambdas/close-run/confirmedDeletions'],
    titles: 'in doubt',
  },
  {
    name: 'unlisted communities are asked for after an incomplete list',
    file: 'lambdas/close-run/askUnlisted.ts',
    text: 'if (listDoubt(run, tally, limits) !== undefined) return false;',
    mistake: '',
    tests: ['lambdas/close-run/unlisted'],
    titles: 'did not name',
    seeds: 100,
  },
  {
    name: 'unlisted communities are noted as asked for before they are queued',
    file: 'lambdas/close-run/askUnlisted.ts',
    text: '  for (let shard = 0; shard < SHARDS; shard++) {',
    mistake:
      '  await catalog.markUnlistedAsked(run.runId, new Date(now()).toISOString());\n  for (let shard = 0; shard < SHARDS; shard++) {',
    tests: ['lambdas/close-run/unlisted'],
    titles: 'did not name',
  },
  {
    name: 'a community of the list that does not exist confirms its topics gone',
    file: 'lambdas/sync-community/confirmAbsent.ts',
    text: "reason === 'unlisted' ? topicIds.map",
    mistake: 'reason ? topicIds.map',
    tests: [SYNC],
    titles: '10010',
  },
];

/** Mistakes in the order of writes, and in who may write. */
const WRITES: readonly Mutant[] = [
  {
    name: 'a snapshot of the same time overwrites another',
    file: 'shared/catalog/topics.ts',
    text: "'observedAt < :observedAt'",
    mistake: "'observedAt <= :observedAt'",
    tests: ['shared/catalog/topics'],
  },
  {
    name: 'an older snapshot overwrites a newer one',
    file: 'shared/catalog/topics.ts',
    text: "'observedAt < :observedAt'",
    mistake: "'observedAt > :observedAt'",
    tests: ['shared/catalog/topics'],
  },
  {
    name: 'the lease of a writer at work is given to another',
    file: 'shared/catalog/writerLease.ts',
    text: 'OR writer = :writer OR writingUntil < :now)',
    mistake: 'OR writer = :writer OR writingUntil > :now)',
    tests: [STAMPS],
  },
  {
    name: 'the lease’s condition is dropped where an answer is stamped',
    file: 'shared/catalog/stamps.ts',
    text: "const mine = 'writer = :me';",
    mistake: "const mine = '(writer = :me OR attribute_exists(pk))';",
    tests: [STAMPS],
  },
  {
    name: 'an answer as old as the stored one takes the lease',
    file: 'shared/catalog/writerLease.ts',
    text: "const older = '(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :askedAt)';",
    mistake: "const older = '(attribute_not_exists(lastSyncedAt) OR lastSyncedAt <= :askedAt)';",
    tests: [STAMPS],
  },
  {
    name: 'a failure is stamped over what another delivery has counted',
    file: 'shared/catalog/stampUpdate.ts',
    text: "seenAt === undefined ? 'attribute_not_exists(#run)' : '#run.askedAt = :seenAt'",
    mistake:
      "seenAt === undefined ? 'attribute_not_exists(#run)' : '#run.askedAt <> :seenAt OR #run.askedAt = :seenAt'",
    tests: [STAMPS],
  },
  {
    name: 'a late message takes the block of the run that followed',
    file: 'lambdas/sync-community/outcome.ts',
    text: 'isRunOver && stamp?.run ? stamp.run.id : runId',
    mistake: 'isRunOver && stamp?.run ? runId : runId',
    tests: ['lambdas/sync-community/lateMessage'],
  },
  {
    name: 'a deleted community that answers stays deleted until its stamp',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: 'isThere: !answered.gone',
    mistake: 'isThere: false',
    tests: ['lambdas/sync-community/foundAgain'],
  },
  {
    name: 'the digest is kept while the snapshots are written',
    file: 'shared/catalog/writerLease.ts',
    text: "['digest', DISTRUSTED];",
    mistake: '[DISTRUSTED];',
    tests: [STAMPS],
  },
  {
    name: 'the stamp comes before the snapshots',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: `    await writePlan(parts, message.groupId, plan, writing.held);
    await writing.held.keep();`,
    mistake: `    const early = disagree ? undefined : answered.digest;
    const none = { messageTopics: 0, newMessages: 0 };
    const stamped = await stampPlan(parts, message, { ...answered, digest: early }, writing, plan, none);
    await writePlan(parts, message.groupId, plan, writing.held);
    if (stamped) return stamped;`,
    tests: ['lambdas/sync-community/crash'],
    titles: 'first night',
    seeds: 25,
  },
  {
    name: 'an answer that its own ids contradict is taken for settled',
    file: 'lambdas/sync-community/writeSnapshots.ts',
    text: 'disagree ? undefined : answered.digest',
    mistake: 'answered.digest',
    tests: [SYNC],
    titles: 'absent',
  },
  {
    name: 'a failure of one write does not stop the others',
    file: 'lambdas/sync-community/writePlan.ts',
    text: 'if (failures.length > 0) return;',
    mistake: '',
    tests: ['lambdas/sync-community/writeSnapshots', 'lambdas/sync-community/concurrency'],
  },
  {
    name: 'history that a dead writer left out is not completed',
    file: 'lambdas/sync-community/writePlan.ts',
    text: 'await catalog.putChanges(openChanges(stored, stamp), held.keep);',
    mistake: '',
    tests: ['lambdas/sync-community/crash'],
    titles: 'changed night',
  },
  {
    name: 'missing topics are not asked for when nothing else changed',
    file: 'lambdas/sync-community/syncCommunity.ts',
    text: ' && missingCount === 0',
    mistake: '',
    tests: [SYNC],
    titles: 'absent',
  },
  {
    name: 'writes that the table sent back are dropped',
    file: 'shared/catalog/writeItems.ts',
    text: 'const left = UnprocessedItems?.[store.table] ?? [];',
    mistake: 'const left: WriteRequest[] = UnprocessedItems ? [] : [];',
    tests: ['shared/catalog/store'],
  },
  {
    name: 'snapshots are written over whatever is there',
    file: 'shared/catalog/topics.ts',
    text: "['attribute_not_exists(pk)', 'observedAt < :observedAt'];",
    mistake: `[
    '(attribute_not_exists(pk) OR attribute_exists(pk))',
    '(observedAt < :observedAt OR attribute_exists(pk))',
  ];`,
    tests: ['shared/catalog/topics'],
  },
  {
    name: 'a writer at work does not hear that a late one has been at its snapshots',
    file: 'shared/catalog/stamps.ts',
    text: 'return (await stamp({ ...written, digest }, alone)) || stamp(written, mine);',
    mistake: 'return stamp({ ...written, digest }, mine);',
    tests: ['lambdas/sync-community/concurrency'],
    titles: 'is heard by',
  },
  {
    name: 'a dead writer’s name on the stamp keeps every later night out',
    file: 'lambdas/sync-community/syncCommunity.ts',
    text: ' && writer === undefined',
    mistake: '',
    tests: ['lambdas/sync-community/crash'],
    titles: 'comes again',
  },
  {
    name: 'statements that the table sent back are dropped',
    file: 'shared/catalog/createItems.ts',
    text: "return having('sent back');",
    mistake: 'return [];',
    tests: ['shared/catalog/createItems'],
    seeds: 60,
  },
  {
    name: 'new topics that another has stored meanwhile count as written',
    file: 'shared/catalog/createItems.ts',
    text: "if (Code === DUPLICATE) return 'refused';",
    mistake: "if (Code === DUPLICATE) return 'written';",
    tests: ['shared/catalog/createItems', 'lambdas/sync-community/writeSnapshots'],
  },
  {
    name: 'the parts of a key are joined without escaping',
    file: 'shared/catalog/keys.ts',
    text: ".replaceAll('%', '%25').replaceAll('|', '%7C')",
    mistake: '',
    tests: ['shared/catalog/keys'],
  },
  {
    name: 'the escape itself is not escaped in a key',
    file: 'shared/catalog/keys.ts',
    text: ".replaceAll('%', '%25')",
    mistake: '',
    tests: ['shared/catalog/keys'],
  },
  {
    name: 'stamps expire',
    file: 'shared/catalog/stampUpdate.ts',
    text: 'const set = setAll({ ...written, status, lastSyncedAt: run.askedAt, run });',
    mistake: 'const set = setAll({ ...written, status, lastSyncedAt: run.askedAt, run, expiresAt: 1 });',
    tests: [STAMPS],
  },
  {
    name: 'what a page listed never expires',
    file: 'shared/catalog/listed.ts',
    text: '    [TABLE.ttl]: Math.floor(now / 1000) + MANIFEST_DAYS * 86_400,\n',
    mistake: '',
    tests: ['shared/catalog/listed'],
  },
];

/** Mistakes in the course of a run. */
const RUN: readonly Mutant[] = [
  {
    name: 'the cursor advances before the page is queued',
    file: 'lambdas/list-communities/enumerate.ts',
    text: '  await parts.enqueue(runId, page.groupIds);\n  const next',
    mistake:
      '  const queued = () => parts.enqueue(runId, page.groupIds);\n  void queued().catch(() => {});\n  const next',
    tests: ['lambdas/list-communities/enumerate'],
  },
  {
    name: 'a cursor that comes back is followed',
    file: 'lambdas/list-communities/enumerate.ts',
    text: 'run.cursors.includes(next) || next === run.next',
    mistake: 'false',
    tests: ['lambdas/list-communities/enumerate'],
  },
  {
    name: 'two deliveries of the schedule advance the same page',
    file: 'shared/catalog/runProgress.ts',
    text: '(#pages = :before OR advancedBy = :advancedBy)',
    mistake: '(#pages = :before OR #pages <> :before)',
    tests: ['shared/catalog/runProgress'],
  },
  {
    name: 'a list shorter than its TotalCount is complete',
    file: 'shared/sync/verdict.ts',
    text: 'distinct >= totalCountMin && distinct <= totalCountMax',
    mistake: 'distinct <= totalCountMax',
    tests: ['shared/sync/verdict'],
  },
  {
    name: 'a run is closed at the first empty look',
    file: 'lambdas/close-run/closeRun.ts',
    text: 'emptyLooks + 1 < EMPTY_LOOKS',
    mistake: 'emptyLooks + 2 < EMPTY_LOOKS',
    tests: ['lambdas/close-run/closeRun'],
    titles: 'waited for until',
  },
  {
    name: 'a reopened run does not wait for what had failed',
    file: 'lambdas/close-run/closeRun.ts',
    text: 'reopenedAt === undefined ? tally.pending : tally.failed',
    mistake: 'tally.pending',
    tests: ['lambdas/close-run/reopened'],
  },
  {
    name: 'a run is closed twice',
    file: 'shared/catalog/runProgress.ts',
    text: '  return updateRun(store, sdkAppId, runId, outcome, STILL_RUNNING);',
    mistake: "  return updateRun(store, sdkAppId, runId, outcome, { expression: 'attribute_exists(pk)' });",
    tests: ['shared/catalog/runProgress'],
    seeds: 60,
  },
  {
    name: 'a run that misses no community is opened again',
    file: 'shared/catalog/runReleases.ts',
    text: '#status = :incomplete OR reopenedAt',
    mistake: '#status <> :incomplete OR reopenedAt',
    tests: ['shared/catalog/runReleases'],
    titles: 'again',
  },
  {
    name: 'a reopened run stays halted',
    file: 'shared/catalog/runReleases.ts',
    text: "['haltedBy', 'verdict', 'tombstonesAskedAt', 'approvedAt']",
    mistake: "['verdict', 'tombstonesAskedAt', 'approvedAt']",
    tests: ['shared/catalog/runReleases'],
    titles: 'again',
  },
  {
    name: 'an error of another run is named as this one’s',
    file: 'shared/sync/tally.ts',
    text: 'stamp?.lastErrorRunId === runId ? stamp : undefined',
    mistake: 'stamp',
    tests: ['shared/sync/tally'],
  },
  {
    name: 'why a message came back is noted over a good outcome',
    file: 'shared/catalog/trouble.ts',
    text: 'OR #run.outcome = :failed)',
    mistake: 'OR #run.outcome = :failed OR attribute_exists(#run))',
    tests: ['lambdas/sync-community/deadLetters'],
    titles: 'outcome',
  },
];

/** Mistakes in what goes over the wire. */
const WIRE: readonly Mutant[] = [
  {
    name: 'entries that the queue gave back in Failed are forgotten',
    file: 'shared/queue/send.ts',
    text: 'if (Failed.length === 0) return;',
    mistake: 'if (Failed.length >= 0) return;',
    tests: ['shared/queue/send'],
    seeds: 60,
  },
  {
    name: 'a record that failed in its batch is not named',
    file: 'lambdas/middleware/partialBatch.ts',
    text: 'return [{ itemIdentifier: messageId }];',
    mistake: 'return [];',
    tests: [SYNC],
    titles: 'a batch',
  },
  {
    name: 'messages of another app are worked off',
    file: 'lambdas/sync-community/handler.ts',
    text: 'if (sdkAppId !== parts.app.sdkAppId) {',
    mistake: 'if (sdkAppId < 0) {',
    tests: [SYNC],
    titles: 'a batch',
  },
  {
    name: 'a halted run goes on calling',
    file: 'lambdas/sync-community/handler.ts',
    text: 'if (run?.haltedBy !== undefined)',
    mistake: 'if (run?.haltedBy === null)',
    tests: [SYNC],
    titles: 'ends the run halts it',
  },
  {
    name: 'a fatal code is tried again',
    file: 'shared/chat/retry.ts',
    text: "const passes = treatment === 'retry' || treatment === 'slow-down';",
    mistake: "const passes = treatment !== 'skip';",
    tests: ['shared/chat/retry'],
  },
  {
    name: 'a retry begins that cannot end before the deadline',
    file: 'shared/chat/retry.ts',
    text: 'now() + wait + attemptMs <= deadline',
    mistake: 'now() + wait <= deadline',
    tests: ['shared/chat/retry'],
  },
  {
    name: 'the secret is not read again when it is refused',
    file: 'shared/chat/userSig.ts',
    text: 'current() : renew(true)',
    mistake: 'current() : renew(false)',
    tests: ['shared/chat/retry', 'shared/chat/userSig'],
  },
  {
    name: 'a redirect is followed with the signature in the URL',
    file: 'shared/chat/request.ts',
    text: "redirect: 'error'",
    mistake: "redirect: 'follow'",
    tests: ['shared/chat/transport'],
  },
  {
    name: 'the signature stays in an answer that quotes it',
    file: 'shared/chat/request.ts',
    text: "return spellings.reduce((left, spelling) => left.replaceAll(spelling, '[UserSig]'), text);",
    mistake: 'return spellings.length > 0 ? text : userSig;',
    tests: ['shared/chat/transport', 'shared/chat/client', 'shared/chat/retry'],
  },
  {
    name: 'the backup host is asked after any failure, answers included',
    file: 'shared/chat/hosts.ts',
    text: 'error instanceof TransportError && error.unreachable',
    mistake: 'error instanceof TransportError',
    tests: ['shared/chat/backup'],
  },
  {
    name: 'the backup host is called for ever',
    file: 'shared/chat/hosts.ts',
    text: 'now() < lookAgainAt',
    mistake: 'lookAgainAt > 0',
    tests: ['shared/chat/backup'],
  },
  {
    name: 'each call tries the host that cannot be reached',
    file: 'shared/chat/hosts.ts',
    text: 'current = host === first ? backup : first;',
    mistake: 'current = first;',
    tests: ['shared/chat/backup'],
  },
  {
    name: 'a host that is slow to answer counts as one that accepts no connection',
    file: 'shared/chat/sending.ts',
    text: "underWay.get(target) === 'queued'",
    mistake: "underWay.get(target) !== 'asked'",
    tests: ['shared/chat/backup', 'shared/chat/transport'],
  },
  {
    name: 'this machine is called through the proxy',
    file: 'local/proxy/proxyFor.ts',
    text: 'if (isLoopback(hostname) || isExcluded(hostname, env))',
    mistake: 'if (isExcluded(hostname, env))',
    tests: ['local/proxy/proxyFor'],
  },
  {
    name: 'NO_PROXY takes out a host whose name only ends alike',
    file: 'local/proxy/excluded.ts',
    text: 'host === domain ||',
    mistake: 'host.endsWith(domain) ||',
    tests: ['local/proxy/excluded'],
  },
  {
    name: 'a lease uses the slot behind its own, which is another’s',
    file: 'shared/rate/pacer.ts',
    text: 'slot < granted.to; slot++',
    mistake: 'slot <= granted.to; slot++',
    tests: ['shared/rate/pacer'],
  },
  {
    name: 'a slot that is late is used all the same',
    file: 'shared/rate/pacer.ts',
    text: 'slots[0] < now - budget.toleranceMs',
    mistake: 'slots[0] < now - 10 * budget.toleranceMs',
    tests: ['shared/rate/pacer'],
  },
  {
    name: 'calls that are held up are looked for alike, whether times differ much or not',
    file: 'shared/rate/holdUps.ts',
    text: 'bound > WIDE * usual ? WIDE_SHARE : SHARE',
    mistake: 'SHARE',
    tests: ['shared/rate/pacer', 'shared/rate/holdUps'],
  },
  {
    name: 'a window gives more slots than it has',
    file: 'shared/rate/slotLease.ts',
    text: 'to: Math.min(from + count, slots)',
    mistake: 'to: from + count',
    tests: ['shared/rate/slotLease'],
  },
  {
    name: 'a cursor of 64 bits is rounded',
    file: 'shared/chat/groupPayload.ts',
    text: 'BigInt(value as number | bigint | string)',
    mistake: 'BigInt(Number(value))',
    tests: ['shared/chat/groupPayload', 'shared/chat/client'],
  },
  {
    name: 'an event that the bus refused is never sent again',
    file: 'lambdas/publish-changes/publish.ts',
    text: "if (kind !== 'content') return [entry];",
    mistake: "if (kind !== 'content') return [];",
    tests: ['lambdas/publish-changes/handler'],
  },
  {
    name: 'events that the bus took are sent again with those that it refused',
    file: 'lambdas/publish-changes/putEntries.ts',
    text: 'return EventId === undefined ? [{ entry, code, message, kind: kindOf(code) }] : [];',
    mistake: "return [{ entry, code, message, kind: EventId === undefined ? kindOf(code) : 'passing' }];",
    tests: ['lambdas/publish-changes/handler'],
  },
  {
    name: 'a run that is opened again is told as closed',
    file: 'lambdas/publish-changes/announcement.ts',
    text: "isClosing && NewImage?.['status']?.S !== 'RUNNING'",
    mistake: 'isClosing',
    tests: ['lambdas/publish-changes/announcement', 'lambdas/publish-changes/handler'],
  },
];

/** Mistakes in what is deployed, and in the command line. */
const AROUND: readonly Mutant[] = [
  {
    name: 'a function may touch the items of other apps',
    file: 'infra/permissions.ts',
    text: "return { 'ForAllValues:StringLike':",
    mistake: "return sdkAppId > 0 ? {} : { 'ForAllValues:StringLike':",
    tests: ['infra/leastPrivilege'],
    titles: 'leading keys',
  },
  {
    name: 'the first failed delivery makes a dead letter',
    file: 'infra/constructs/queues.ts',
    text: 'const RECEIVE_LIMIT = 5;',
    mistake: 'const RECEIVE_LIMIT = 1;',
    tests: [INFRA],
    titles: 'queue|message|deliver|dead',
  },
  {
    name: 'a message comes back while its consumer is still at it',
    file: 'infra/constructs/queues.ts',
    text: 'const VISIBILITY_FACTOR = 6;',
    mistake: 'const VISIBILITY_FACTOR = 1;',
    tests: [INFRA],
    titles: 'queue|message|visib',
  },
  {
    name: 'a redrive deletes dead letters although the queue kept them',
    file: 'shared/queue/deadLetters.ts',
    text: 'if (first) throw',
    mistake: 'if (first === null) throw',
    tests: ['shared/queue/deadLetters'],
    titles: 'does not delete',
  },
  {
    name: 'a redrive puts back a night that is over',
    file: 'cli/redrive/sortLetters.ts',
    text: 'withLetters.has(runId) && overBy(runId, runs) === undefined',
    mistake: 'withLetters.has(runId)',
    tests: ['cli/redrive/sortLetters'],
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...ANSWER_MUTANTS,
  ...DELETIONS,
  ...WRITES,
  ...RUN,
  ...WIRE,
  ...AROUND,
  ...RESTORE_MUTANTS,
  ...NIGHT_MUTANTS,
  ...ROSTER_MUTANTS,
  ...THROTTLING_MUTANTS,
];
