import { setTimeout as sleep } from 'node:timers/promises';
import { errorTexts } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson, toJson } from '../json.ts';
import type { Draw } from '../random.ts';
import type { Reply } from '../reply.ts';
import { codeOf, type FaultKind } from './kinds.ts';
import { makeOdd } from './oddJson.ts';

/** A call that meets a fault. */
export interface FaultedCall {
  readonly body: JsonObject;
  /** Lets the call have its effect. @param body instead of the one that was sent */
  perform(body?: JsonObject): Reply;
}

/** What the caller gets; undefined when the connection is closed without an answer. */
export type FaultedReply = Reply | undefined | Promise<Reply | undefined>;

type Effect = (call: FaultedCall, hangMs: number, draw: Draw) => FaultedReply;

/** Carries out a fault. @param hangMs how long `hang` keeps silent @param draw what a fault draws is drawn from it */
export function carryOut(kind: FaultKind, call: FaultedCall, hangMs: number, draw: Draw): FaultedReply {
  const code = codeOf(kind);
  return code === undefined ? (effects[kind] as Effect)(call, hangMs, draw) : refusal(code);
}

const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>';

const effects: { readonly [kind in FaultKind]?: Effect } = {
  'http-502': () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: PROXY_PAGE }),
  'truncated-json': ({ perform }) => cutOff(perform()),
  'reset-before': () => undefined,
  'reset-after': ({ perform }) => {
    perform();
    return undefined;
  },
  hang: (_call, hangMs) => sleep(hangMs, undefined, { ref: false }),
  'wrong-types': ({ perform }) => edited(perform(), wrongTypes),
  'odd-answer': ({ perform }, _hangMs, draw) =>
    edited(perform(), (answer) => makeOdd(answer, draw).value as JsonObject),
  'empty-answer': ({ perform }) => edited(perform(), (answer) => ({ ...answer, TopicAndSelfInfo: [] })),
  'page-gap': ({ perform }) => edited(perform(), (answer) => without(answer, 10)),
  'page-without-next': ({ perform }) => edited(perform(), ({ Next: _next, ...answer }) => answer),
  'frozen-list': ({ body, perform }) => perform({ ...body, ...('Next' in body && { Next: 0 }) }),
  'short-list': ({ perform }) => edited(perform(), (answer) => recounted(answer, without(answer, 2))),
};

function refusal(code: number): Reply {
  const ErrorInfo = (errorTexts as Record<number, string>)[code] ?? 'injected';
  return { status: 200, body: toJson({ ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo }) };
}

function cutOff({ body, ...reply }: Reply): Reply {
  const bytes = Buffer.from(body);
  return { ...reply, body: bytes.subarray(0, Math.floor(bytes.length * 0.6)) };
}

/** An answer with other fields; one that is an error stays as it is. */
function edited({ body, ...reply }: Reply, edit: (answer: JsonObject) => JsonObject): Reply {
  const answer = parseJson(String(body));
  const isOk = isJsonObject(answer) && answer['ErrorCode'] === 0;
  return { ...reply, body: isOk ? toJson(edit(answer)) : body };
}

function wrongTypes({ ActionStatus, ErrorCode, ErrorInfo, ...fields }: JsonObject): JsonObject {
  const wrong = Object.entries(fields).map(([name, value]) => [name, otherType(value)] as const);
  return { ActionStatus, ErrorCode, ErrorInfo, ...Object.fromEntries(wrong) } as JsonObject;
}

function otherType(value: JsonValue): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return `number ${value}`;
  return typeof value === 'string' ? value.length : { was: typeof value };
}

/** A page without every nth id, the first among them. */
function without(answer: JsonObject, nth: number): JsonObject {
  const ids = answer['GroupIdList'] as JsonValue[];
  return { ...answer, GroupIdList: ids.filter((_id, index) => index % nth !== 0) };
}

function recounted(before: JsonObject, after: JsonObject): JsonObject {
  const [all, kept] = [before, after].map((answer) => (answer['GroupIdList'] as JsonValue[]).length);
  const missing = (all as number) - (kept as number);
  return { ...after, TotalCount: (before['TotalCount'] as number) - missing };
}
