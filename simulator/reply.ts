import { Refusal } from './errors.ts';
import { toJson } from './json.ts';

/** What goes back over HTTP. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

/** The three fields every answer has, then the API's own; HTTP status 200 (https://trtc.io/document/34620). */
export function okReply(fields: Record<string, unknown>): { status: number; body: Buffer } {
  const body = Buffer.from(toJson({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...fields }));
  return { status: 200, body };
}

/** HTTP 200 and exactly three fields, as failures look in the wild. */
export function failReply({ errorCode, errorInfo }: Refusal): Reply {
  return { status: 200, body: toJson({ ActionStatus: 'FAIL', ErrorCode: errorCode, ErrorInfo: errorInfo }) };
}

/** The refusal that was thrown; anything else is a fault of the simulator and thrown again. */
export function refusalFrom(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}
