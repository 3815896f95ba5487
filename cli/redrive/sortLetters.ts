import type { Run } from '../../shared/catalog/run.ts';
import { type CommunityMessage, parseCommunityMessage } from '../../shared/messages.ts';
import type { Letter } from '../../shared/queue/deadLetters.ts';

/** A dead letter that stays where it is, and why. */
export interface LeftLetter {
  readonly letter: Letter;
  /** A sentence without its full stop. */
  readonly why: string;
}

/** A dead letter that can be read, and the message in it. */
interface ReadLetter {
  readonly letter: Letter;
  readonly message: CommunityMessage;
}

/** What is to be done with dead letters. */
export interface Sorted {
  /** The run whose letters are put back; undefined when none are. */
  readonly run?: Run;
  readonly putBack: readonly Letter[];
  readonly left: readonly LeftLetter[];
}

/** What decides where letters go. */
interface SortedBy {
  readonly runs: readonly Run[];
  readonly sdkAppId: number;
  readonly named?: string | undefined;
  readonly chosen?: Run | undefined;
}

/**
 * Sorts dead letters: those of one run can be put back, the others stay. The run is the named one, or the newest that
 * has any and is not older than the newest COMPLETE one: of an older one every community has been read since.
 * @param about.runs of the ledger, newest first @param about.chosen the run that an earlier portion was put back into
 */
export function sortLetters(letters: readonly Letter[], about: SortedBy): Sorted {
  const { runs, sdkAppId, named, chosen } = about;
  const unreadable: LeftLetter[] = [];
  const read: ReadLetter[] = [];
  for (const letter of letters) {
    const found = readLetter(letter, sdkAppId);
    if (typeof found === 'string') unreadable.push({ letter, why: found });
    else read.push({ letter, message: found });
  }
  const run = chosen ?? chosenRun(read, runs, named);
  const left = read.flatMap(({ letter, message }): LeftLetter[] => {
    const why = whyNot(message.runId, runs, run, named);
    return why === undefined ? [] : [{ letter, why }];
  });
  const leftLetters = new Set(left.map(({ letter }) => letter));
  const putBack = read.map(({ letter }) => letter).filter((letter) => !leftLetters.has(letter));
  return { ...(run && { run }), putBack, left: [...unreadable, ...left] };
}

/** @returns the message, or why it cannot be read */
function readLetter({ body }: Letter, sdkAppId: number): CommunityMessage | string {
  try {
    const message = parseCommunityMessage(body);
    return message.sdkAppId === sdkAppId ? message : `it is for the app ${message.sdkAppId}`;
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
}

function chosenRun(
  read: readonly ReadLetter[],
  runs: readonly Run[],
  named: string | undefined,
): Run | undefined {
  const withLetters = new Set(read.map(({ message }) => message.runId));
  if (named !== undefined) return runs.find(({ runId }) => runId === named);
  return runs.find(({ runId }) => withLetters.has(runId) && overBy(runId, runs) === undefined);
}

/** The run that makes letters pointless: it has read every community, or is about to. */
function overBy(runId: string, runs: readonly Run[]): Run | undefined {
  const hasReadAll = ({ status }: Run) => status === 'COMPLETE' || status === 'HELD';
  return runs.find((run) => (hasReadAll(run) ? run.runId >= runId : isNewerAndOpen(run, runId)));
}

function isNewerAndOpen({ status, runId }: Run, than: string): boolean {
  return status === 'RUNNING' && runId > than;
}

function whyNot(
  runId: string,
  runs: readonly Run[],
  chosen: Run | undefined,
  named: string | undefined,
): string | undefined {
  if (chosen?.runId === runId) return undefined;
  if (!runs.some((run) => run.runId === runId)) return `the ledger has no run ${runId}`;
  if (named !== undefined) return `it is of the run ${runId}`;
  const over = overBy(runId, runs);
  if (over?.runId === runId) return `the run ${runId} is ${over.status} without it`;
  const forced = `--run ${runId} puts it back all the same`;
  if (over) return `the night of ${runId} is over: the run ${over.runId} is ${over.status}; ${forced}`;
  return `it is of the run ${runId}; --run ${runId} puts it back, once ${chosen?.runId} is closed`;
}
