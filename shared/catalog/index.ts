import { putChanges } from './changes.ts';
import { allCommunities, communitiesIn, readCommunity } from './communities.ts';
import { restingCommunities } from './ignored.ts';
import { listedIn, putListed } from './listed.ts';
import { markRestored, putRestore, readRestore, restoresOf } from './restores.ts';
import { putRoster, readRoster } from './rosters.ts';
import {
  advanceRun,
  chargeRun,
  haltRun,
  markTombstonesAsked,
  markUnlistedAsked,
  noteVerdict,
  openRun,
  writeOutcome,
} from './runProgress.ts';
import { releaseRun, reopenRun, trustList } from './runReleases.ts';
import { readRun, runsOf } from './runs.ts';
import { stampFailed, stampTombstones, stampUnchanged, stampWritten } from './stamps.ts';
import type { Store } from './store.ts';
import { acquit, suspect } from './suspicions.ts';
import { createSnapshots, profilesOf, putSnapshot, topicsOf } from './topics.ts';
import { noteTrouble } from './trouble.ts';
import { beginWriting, distrust, endWriting, extendWriting } from './writerLease.ts';

/** What the functions do to one app's part of the table. */
export type Catalog = ReturnType<typeof catalogOf>;

/** Binds the catalog's operations to a table and an app. */
export function catalogOf(store: Store, sdkAppId: number) {
  const bound =
    <Args extends unknown[], R>(operation: (store: Store, sdkAppId: number, ...args: Args) => R) =>
    (...args: Args): R =>
      operation(store, sdkAppId, ...args);
  return {
    topicsOf: bound(topicsOf),
    profilesOf: bound(profilesOf),
    createSnapshots: bound(createSnapshots),
    putSnapshot: bound(putSnapshot),
    putChanges: bound(putChanges),
    readRoster: bound(readRoster),
    putRoster: bound(putRoster),
    readCommunity: bound(readCommunity),
    communitiesIn: bound(communitiesIn),
    allCommunities: bound(allCommunities),
    beginWriting: bound(beginWriting),
    extendWriting: bound(extendWriting),
    distrust: bound(distrust),
    endWriting: bound(endWriting),
    stampUnchanged: bound(stampUnchanged),
    stampWritten: bound(stampWritten),
    stampFailed: bound(stampFailed),
    stampTombstones: bound(stampTombstones),
    noteTrouble: bound(noteTrouble),
    putListed: bound(putListed),
    listedIn: bound(listedIn),
    openRun: bound(openRun),
    readRun: bound(readRun),
    advanceRun: bound(advanceRun),
    chargeRun: bound(chargeRun),
    haltRun: bound(haltRun),
    suspect: bound(suspect),
    acquit: bound(acquit),
    markUnlistedAsked: bound(markUnlistedAsked),
    noteVerdict: bound(noteVerdict),
    markTombstonesAsked: bound(markTombstonesAsked),
    releaseRun: bound(releaseRun),
    reopenRun: bound(reopenRun),
    trustList: bound(trustList),
    restingCommunities: bound(restingCommunities),
    runsOf: bound(runsOf),
    writeOutcome: bound(writeOutcome),
    readRestore: bound(readRestore),
    putRestore: bound(putRestore),
    restoresOf: bound(restoresOf),
    markRestored: bound(markRestored),
  };
}
