import * as v from 'valibot';
import { type CallSubject, MalformedAnswerError } from './errors.ts';
import { check, count, failureOf, id } from './payloads.ts';
import type { GroupPage } from './types.ts';

const largest = 2n ** 64n - 1n;

/** 64-bit unsigned (https://cloud.tencent.com/document/product/269/1614, field Next), as a number or as its digits. */
const cursor = v.pipe(
  v.custom<number | bigint | string>(isCursor, '64-bit unsigned integer'),
  v.transform((value) => BigInt(value)),
);

function isCursor(value: unknown): boolean {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (!isWhole && !(typeof value === 'string' && /^\d{1,20}$/.test(value))) return false;
  const exact = BigInt(value as number | bigint | string);
  return exact >= 0n && exact <= largest;
}

const page = v.object(
  {
    TotalCount: count,
    GroupIdList: v.optional(v.array(v.object({ GroupId: id }, 'object'), 'array')),
    Next: cursor,
  },
  'object',
);

/**
 * Reads an answer of get_appid_group_list. A missing `Next` is never taken for the end: the API leaves it out when
 * the request did (https://github.com/dobyte/tencent-im/issues/4).
 * @throws ApiError, MalformedAnswerError
 */
export function readGroupPage(answer: unknown, subject: CallSubject): Omit<GroupPage, 'requestedAt'> {
  const failure = failureOf(answer, subject);
  if (failure) throw failure;
  const { TotalCount: totalCount, GroupIdList: list, Next: next } = check(page, answer, subject);
  if (!list && totalCount > 0) throw new MalformedAnswerError(subject, 'GroupIdList', 'missing');
  return { groupIds: (list ?? []).map(({ GroupId }) => GroupId), totalCount, next };
}
