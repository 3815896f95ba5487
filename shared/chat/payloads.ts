import { ApiError, type CallSubject, MalformedAnswerError } from './errors.ts';

/**
 * How an answer is read: as generously as it can be without guessing. `null` is an absent field, digits in a string are
 * their number; what is of another type than expected is for the caller to keep or to refuse.
 */

/** Digits of a number that a double holds exactly, and its sign. */
const DIGITS = /^-?\d{1,16}$/;

/** An integer, as a number or as its digits in a string; undefined when the value is neither. */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

/** The same, if it is not negative. */
export function countOf(value: unknown): number | undefined {
  const integer = integerOf(value);
  return integer !== undefined && integer >= 0 ? integer : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whether a field was sent: one that is null was not. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; undefined when the value is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The fields of a whole answer. @throws MalformedAnswerError when it is no object */
export function answerOf(answer: unknown, subject: CallSubject): Fields {
  const fields = fieldsOf(answer);
  if (!fields) throw malformed(subject, '', 'object', answer);
  return fields;
}

/** The elements of a list; an absent one has none. @throws MalformedAnswerError when it is something else */
export function elementsOf(list: unknown, at: string, subject: CallSubject): readonly unknown[] {
  if (!isGiven(list)) return [];
  if (!Array.isArray(list)) throw malformed(subject, at, 'array', list);
  return list;
}

/**
 * The error of an answer, if it is one. Tencent documents all three base fields; ErrorInfo is known to be left
 * out, and of the other two one is enough.
 * @throws MalformedAnswerError when neither says whether it is one
 */
export function failureOf(answer: unknown, subject: CallSubject): ApiError | undefined {
  const { ActionStatus, ErrorCode, ErrorInfo } = answerOf(answer, subject);
  const code = integerOf(ErrorCode);
  if (isGiven(ErrorCode) && code === undefined) throw malformed(subject, 'ErrorCode', 'integer', ErrorCode);
  if (code) return new ApiError(subject, code, textOf(ErrorInfo) ?? '');
  if (ActionStatus === 'FAIL') {
    throw new MalformedAnswerError(
      subject,
      'ErrorCode',
      'expected a code other than 0 with ActionStatus FAIL',
    );
  }
  if (code === 0 || ActionStatus === 'OK') return undefined;
  if (isGiven(ActionStatus)) throw malformed(subject, 'ActionStatus', '"OK" or "FAIL"', ActionStatus);
  throw new MalformedAnswerError(subject, 'ActionStatus', 'missing, and so is ErrorCode');
}

/** The error for a field that is not what it has to be. @param at its path in the answer */
export function malformed(
  subject: CallSubject,
  at: string,
  expected: string,
  value: unknown,
): MalformedAnswerError {
  return new MalformedAnswerError(subject, at, problemOf(expected, value));
}

/** What is wrong with a value, for people. */
export function problemOf(expected: string, value: unknown): string {
  return value === undefined ? 'missing' : `expected ${expected}, got ${typeName(value)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? `the integer ${value}` : 'a fraction';
  if (typeof value === 'bigint') return 'an integer beyond 2^53';
  return value === '' ? 'an empty string' : typeof value;
}
