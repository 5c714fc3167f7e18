import type { ServerResponse } from 'node:http';

/** The response JSON of a Lambda target may have 1 MB. */
const MAX_REPLY_BYTES = 1024 * 1024;

/** No string shorter than this can exceed the limit, however JSON escapes it (6 bytes at most). */
const SURELY_SMALL = MAX_REPLY_BYTES / 8;

/** What the client gets: headers as a flat list of names and values. */
export interface HttpReply {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: string[];
  readonly body: string | Buffer;
}

/** A Lambda's reply, checked as an ALB checks it; undefined means 502. */
export function parseReply(value: unknown): HttpReply | undefined {
  if (!isObject(value)) return undefined;
  const { statusCode, statusDescription, body, isBase64Encoded } = value;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined;
  // An interim (1xx) status would leave the client waiting for the real one.
  if (statusCode < 200 || statusCode > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const text = body ?? '';
  if (text.length > SURELY_SMALL && jsonBytes(value) > MAX_REPLY_BYTES) return undefined;
  const headers: string[] = [];
  if (!addHeaders(headers, value['multiValueHeaders'], true)) return undefined;
  if (!addHeaders(headers, value['headers'], false)) return undefined;
  return {
    status: statusCode,
    reason: typeof statusDescription === 'string' ? reasonIn(statusDescription) : undefined,
    headers,
    body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
}

/**
 * Writes a reply with the right length, and no body for HEAD, 204 and 304.
 * @throws TypeError when a header or the reason holds characters HTTP forbids; nothing is sent then
 */
export function sendReply(response: ServerResponse, reply: HttpReply, last: boolean): void {
  const { status, reason, headers, body } = reply;
  const bodiless = status === 204 || status === 304;
  if (!bodiless) headers.push('content-length', String(Buffer.byteLength(body)));
  if (last) headers.push('connection', 'close');
  if (reason === undefined) response.writeHead(status, headers);
  else response.writeHead(status, reason, headers);
  if (bodiless || response.req.method === 'HEAD') response.end();
  else response.end(body);
}

// Set by the balancer itself, whatever the function says.
const OWN_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** False when the value is no map of headers. */
function addHeaders(headers: string[], value: unknown, many: boolean): boolean {
  if (value === undefined || value === null) return true;
  if (!isObject(value)) return false;
  for (const name of Object.keys(value)) {
    if (OWN_HEADERS.has(name.toLowerCase())) continue;
    const each: unknown = value[name];
    if (many && !Array.isArray(each)) return false;
    for (const single of many ? (each as readonly unknown[]) : [each]) {
      if (!isScalar(single)) return false;
      headers.push(name, String(single));
    }
  }
  return true;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `409 Conflict` and `Conflict` both give `Conflict`. */
function reasonIn(statusDescription: string): string | undefined {
  const reason = statusDescription.replace(/^\d{3}\s*/, '');
  return reason === '' ? undefined : reason;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
