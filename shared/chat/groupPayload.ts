import { type CallSubject, MalformedAnswerError } from './errors.ts';
import {
  answerOf,
  countOf,
  elementsOf,
  failureOf,
  fieldsOf,
  isGiven,
  malformed,
  textOf,
} from './payloads.ts';
import type { GroupPage } from './types.ts';

const LARGEST = 2n ** 64n - 1n;

/** 64-bit unsigned (https://cloud.tencent.com/document/product/269/1614, field Next), as a number or as its digits. */
function cursorOf(value: unknown): bigint | undefined {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (!isWhole && !(typeof value === 'string' && /^\d{1,20}$/.test(value))) return undefined;
  const exact = BigInt(value as number | bigint | string);
  return exact >= 0n && exact <= LARGEST ? exact : undefined;
}

/**
 * Reads an answer of get_appid_group_list. A missing `Next` is never taken for the end: the API leaves it out when
 * the request did (https://github.com/dobyte/tencent-im/issues/4). An element without an id is left out: that communities
 * are missing is told by TotalCount.
 * @throws ApiError, MalformedAnswerError
 */
export function readGroupPage(answer: unknown, subject: CallSubject): Omit<GroupPage, 'requestedAt'> {
  const failure = failureOf(answer, subject);
  if (failure) throw failure;
  const { TotalCount, GroupIdList, Next } = answerOf(answer, subject);
  const elements = elementsOf(GroupIdList, 'GroupIdList', subject);
  const groupIds = elements.flatMap((element) => textOf(fieldsOf(element)?.['GroupId']) || []);
  if (elements.length > 0 && groupIds.length === 0)
    throw malformed(
      subject,
      'GroupIdList[0].GroupId',
      'non-empty string',
      fieldsOf(elements[0])?.['GroupId'],
    );
  const totalCount = countOf(TotalCount);
  if (totalCount === undefined) throw malformed(subject, 'TotalCount', 'non-negative integer', TotalCount);
  if (!isGiven(GroupIdList) && totalCount > 0)
    throw new MalformedAnswerError(subject, 'GroupIdList', 'missing');
  const next = cursorOf(Next);
  if (next === undefined) throw malformed(subject, 'Next', '64-bit unsigned integer', Next);
  return { groupIds, totalCount, next };
}
