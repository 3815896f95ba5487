import * as v from 'valibot';
import type { AppState } from '../app/state.ts';
import { createCursorCodec } from '../cursor.ts';
import { Refusal } from '../errors.ts';
import { groupTypes } from '../ids.ts';
import { type Api, parseBody } from './api.ts';

const MAX_LIMIT = 10_000;
const MAX_UINT64 = (1n << 64n) - 1n;

const schema = v.object({
  Limit: v.optional(
    v.pipe(
      v.number('must be an integer'),
      v.integer('must be an integer'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MAX_LIMIT, `must not exceed ${MAX_LIMIT}`),
    ),
    MAX_LIMIT,
  ),
  Next: v.optional(
    v.pipe(
      v.union([v.pipe(v.number(), v.safeInteger()), v.bigint()], 'must be a 64-bit unsigned integer'),
      v.transform((next): bigint => BigInt(next)),
      v.check((next) => next >= 0n && next <= MAX_UINT64, 'must be a 64-bit unsigned integer'),
    ),
  ),
  GroupType: v.optional(v.picklist(groupTypes, `must be one of ${groupTypes.join(', ')}`)),
});

/**
 * Lists groups (https://www.tencentcloud.com/document/product/1047/34960).
 * Without `Next` in the request there is none in the answer (https://github.com/dobyte/tencent-im/issues/4),
 * so that only a caller that sends `"Next": 0` can fetch a second page.
 */
export const getAppidGroupList: Api = (app, body) => {
  const { Limit, Next, GroupType } = parseBody(schema, body);
  const cursors = createCursorCodec(app.seed);
  const from = Next ? placeOf(cursors.decode(Next), app) : 0;
  const { groupIds, next } = app.groups.page(from, Limit, GroupType);
  return {
    TotalCount: app.groups.total(GroupType),
    GroupIdList: groupIds.map((GroupId) => ({ GroupId })),
    ...(Next !== undefined && { Next: next === 0 ? 0 : cursors.encode(next) }),
  };
};

function placeOf(decoded: bigint, app: AppState): number {
  if (decoded < 1n || decoded >= BigInt(app.groups.length)) throw new Refusal(10004, 'Next: unknown cursor');
  return Number(decoded);
}
