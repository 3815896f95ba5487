import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import * as v from 'valibot';
import { Refusal } from './errors.ts';
import { parseJson } from './json.ts';

const MAX_INFLATED_BYTES = 65_536;

const ticketSchema = v.object({
  'TLS.ver': v.optional(v.string()),
  'TLS.identifier': v.string(),
  'TLS.sdkappid': v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))]),
  'TLS.time': v.number(),
  'TLS.expire': v.number(),
  'TLS.userbuf': v.optional(v.string()),
  'TLS.sig': v.string(),
});

type Ticket = v.InferOutput<typeof ticketSchema>;

export interface Claim {
  sdkAppId: number;
  identifier: string;
  /** Key of the app that is called. */
  secretKey: string;
  /** Keys of the other apps on this server. */
  otherKeys: readonly string[];
  /** Seconds since 1970. */
  now: number;
}

/**
 * Checks a UserSig in the order of Tencent's own verifier: app, user, expiry, signature
 * (https://github.com/tencentyun/tls-sig-api-v2-golang, VerifyUserSig).
 * Codes: https://trtc.io/document/34348.
 * @throws Refusal 70003, 70014, 70013, 70001 or 70009
 */
export function verifyUserSig(userSig: string, claim: Claim): void {
  const ticket = decoded(userSig);
  if (ticket['TLS.sdkappid'] !== claim.sdkAppId) throw new Refusal(70014);
  if (ticket['TLS.identifier'] !== claim.identifier) throw new Refusal(70013);
  if (claim.now > ticket['TLS.time'] + ticket['TLS.expire']) throw new Refusal(70001);
  if (isSignedWith(ticket, claim.secretKey)) return;
  throw new Refusal(claim.otherKeys.some((key) => isSignedWith(ticket, key)) ? 70009 : 70003);
}

/** A client signs once and sends the same UserSig with each call: it is decoded once, and so is the newest of others. */
const tickets = new Map<string, Ticket>();
const MOST_TICKETS = 100;

function decoded(userSig: string): Ticket {
  const known = tickets.get(userSig);
  if (known) return known;
  const ticket = decode(userSig);
  if (tickets.size >= MOST_TICKETS) tickets.clear();
  tickets.set(userSig, ticket);
  return ticket;
}

/** base64 with its own replacements (`*-_` for `+/=`), zlib, JSON. */
function decode(userSig: string): Ticket {
  const base64 = userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  try {
    const inflated = inflateSync(Buffer.from(base64, 'base64'), { maxOutputLength: MAX_INFLATED_BYTES });
    return v.parse(ticketSchema, parseJson(inflated.toString('utf8')));
  } catch {
    throw new Refusal(70003, 'it cannot be decoded');
  }
}

function isSignedWith(ticket: Ticket, secretKey: string): boolean {
  const expected = createHmac('sha256', secretKey).update(signedText(ticket)).digest();
  const actual = Buffer.from(ticket['TLS.sig'], 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function signedText(ticket: Ticket): string {
  const signed = ['TLS.identifier', 'TLS.sdkappid', 'TLS.time', 'TLS.expire', 'TLS.userbuf'] as const;
  return signed
    .filter((field) => ticket[field] !== undefined)
    .map((field) => `${field}:${ticket[field]}\n`)
    .join('');
}
