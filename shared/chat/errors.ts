import { describeCode, entryOf, type RetryLimit, type Treatment } from './errorTable.ts';
import type { ChatApi } from './types.ts';

/** What a call was about: enough to name it in a message. */
export interface CallSubject {
  readonly api: ChatApi;
  readonly groupId?: string | undefined;
}

/**
 * A call that failed, classified where it happened: callers read `treatment` and need no status or code. Messages
 * are one line and never hold a UserSig, a key or a URL; there is no `cause`, because fetch's carries the URL.
 */
export abstract class ChatError extends Error {
  readonly api: ChatApi;
  readonly groupId?: string;
  readonly treatment: Treatment;
  /** For how many attempts alike the treatment holds; absent: as many as the policy gives. */
  readonly limit?: RetryLimit;
  /** The command may have been carried out although the call failed. */
  readonly mayHaveHappened: boolean;

  constructor(subject: CallSubject, message: string, as: Classification) {
    super(`${nameOf(subject)}: ${message}`);
    this.api = subject.api;
    if (subject.groupId !== undefined) this.groupId = subject.groupId;
    this.treatment = as.treatment;
    if (as.limit) this.limit = as.limit;
    this.mayHaveHappened = as.mayHaveHappened;
  }
}

interface Classification {
  readonly treatment: Treatment;
  readonly limit?: RetryLimit | undefined;
  readonly mayHaveHappened: boolean;
}

/** The API answered, with an error code. */
export class ApiError extends ChatError {
  override readonly name = 'ApiError';
  readonly code: number;
  /** Tencent's ErrorInfo on one line, shortened. */
  readonly info: string;

  constructor(subject: CallSubject, code: number, info: string, treatment?: Treatment) {
    const entry = entryOf(code, subject.api);
    const settled = treatment ?? entry.treatment;
    super(subject, sentence(describeCode(code, subject.api), info, remedies[settled]), {
      treatment: settled,
      limit: treatment ? undefined : entry.limit,
      mayHaveHappened: entry.mayHaveHappened ?? false,
    });
    this.code = code;
    this.info = oneLine(info);
  }

  /** The same answer once its treatment has been tried, for instance `fatal` after a new UserSig failed too. */
  withTreatment(treatment: Treatment): ApiError {
    return new ApiError(this, this.code, this.info, treatment);
  }
}

/** How far a call came that got no answer. */
export interface TransportDetail {
  readonly status?: number;
  /** Nothing of it left this machine, or it was turned away before it was read. */
  readonly neverSent?: boolean;
  /** No connection to the host could be made, so that another host may be tried. */
  readonly unreachable?: boolean;
}

/** No answer of the API came back: a timeout, a reset, DNS, a status other than 200, a body that is not JSON. */
export class TransportError extends ChatError {
  override readonly name = 'TransportError';
  /** Short, names the host. */
  readonly reason: string;
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /** No connection to the host could be made. */
  readonly unreachable: boolean;

  constructor(subject: CallSubject, reason: string, detail: TransportDetail = {}) {
    const { status, unreachable = false, neverSent = unreachable } = detail;
    super(subject, `${reason}. ${remedies.retry}`, {
      treatment: status === 429 ? 'slow-down' : 'retry',
      // A 4xx turned the request away; after a 5xx or a lost connection nobody knows.
      mayHaveHappened: !neverSent && !(status !== undefined && status >= 400 && status < 500),
    });
    this.reason = reason;
    this.unreachable = unreachable;
    if (status !== undefined) this.status = status;
  }
}

/** The call was not sent: its deadline passed before its turn in the budget of calls came. */
export class NoTurnError extends ChatError {
  override readonly name = 'NoTurnError';

  constructor(subject: CallSubject) {
    super(
      subject,
      `not sent: its deadline passed before its turn in the budget of calls. ${remedies.retry}`,
      {
        treatment: 'retry',
        mayHaveHappened: false,
      },
    );
  }
}

/** JSON came back that is not the documented answer. Tried once more, then left to a later delivery. */
export class MalformedAnswerError extends ChatError {
  override readonly name = 'MalformedAnswerError';
  /** Where, for example `TopicAndSelfInfo[3].TopicInfo.NextMsgSeq`; empty for the answer as a whole. */
  readonly path: string;

  constructor(subject: CallSubject, path: string, problem: string) {
    super(subject, `malformed answer, ${path === '' ? 'body' : path}: ${problem}. ${remedies.malformed}`, {
      treatment: 'retry',
      limit: { attempts: 2, afterwards: 'retry' },
      mayHaveHappened: true,
    });
    this.path = path;
  }
}

const remedies: { readonly [treatment in Treatment | 'malformed']: string } = {
  retry: 'It is worth trying again later.',
  'slow-down': 'Send fewer calls a second and try again.',
  'rebuild-usersig': 'The UserSig has to be made anew.',
  fatal: "No call will succeed until the app's configuration or plan is corrected.",
  skip: 'The other communities are not affected.',
  outcome: '',
  split: 'Ask for fewer items a call.',
  malformed: 'If it stays, the API has changed or a proxy stands between.',
};

function nameOf({ api, groupId }: CallSubject): string {
  return groupId === undefined ? api : `${api} of ${oneLine(groupId)}`;
}

function sentence(description: string, info: string, remedy: string): string {
  const said = oneLine(info);
  return `${description}${said === '' ? '' : ` ("${said}")`}. ${remedy}`.trimEnd();
}

/** Text from outside, fit for a log line: no control characters, at most 300 characters. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, 300)
    .trim()
    .toWellFormed();
}
