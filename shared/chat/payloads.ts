import * as v from 'valibot';
import { ApiError, type CallSubject, MalformedAnswerError } from './errors.ts';

/** Field types. The message of each says what was expected, for the error's text. */
export const string = v.string('string');
export const integer = v.pipe(v.number('integer'), v.safeInteger('integer'));
export const count = v.pipe(
  v.number('non-negative integer'),
  v.safeInteger('non-negative integer'),
  v.minValue(0, 'non-negative integer'),
);
export const id = v.pipe(string, v.nonEmpty('non-empty string'));

const base = v.object(
  {
    ActionStatus: v.optional(v.picklist(['OK', 'FAIL'], '"OK" or "FAIL"')),
    ErrorCode: v.optional(integer),
    ErrorInfo: v.optional(string),
  },
  'object',
);

/**
 * Checks the shape of an answer, or of the part of it found at the path `at`.
 * @throws MalformedAnswerError with the path of the first field that does not fit
 */
export function check<S extends v.GenericSchema>(
  schema: S,
  answer: unknown,
  subject: CallSubject,
  at = '',
): v.InferOutput<S> {
  const result = v.safeParse(schema, answer, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new MalformedAnswerError(subject, pathOf(issue, at), problemOf(issue));
}

/**
 * The error of an answer, if it is one. Tencent documents all three base fields; ErrorInfo is known to be left
 * out, and of the other two one is enough.
 */
export function failureOf(answer: unknown, subject: CallSubject): ApiError | undefined {
  const { ActionStatus, ErrorCode, ErrorInfo } = check(base, answer, subject);
  if (ErrorCode) return new ApiError(subject, ErrorCode, ErrorInfo ?? '');
  if (ActionStatus === 'FAIL') {
    throw new MalformedAnswerError(
      subject,
      'ErrorCode',
      'expected a code other than 0 with ActionStatus FAIL',
    );
  }
  if (ActionStatus === undefined && ErrorCode === undefined) {
    throw new MalformedAnswerError(subject, 'ActionStatus', 'missing, and so is ErrorCode');
  }
  return undefined;
}

function pathOf(issue: v.BaseIssue<unknown>, at: string): string {
  let path = at;
  for (const { key } of issue.path ?? []) {
    path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${String(key)}`;
  }
  return path;
}

function problemOf({ input, message }: v.BaseIssue<unknown>): string {
  return input === undefined ? 'missing' : `expected ${message}, got ${typeName(input)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? `the integer ${value}` : 'a fraction';
  if (typeof value === 'bigint') return 'an integer beyond 2^53';
  return value === '' ? 'an empty string' : typeof value;
}
