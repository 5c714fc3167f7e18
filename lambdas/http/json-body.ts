import type { HttpRequest } from './http-request.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';

/** Larger bodies are refused. Bytes. */
const MAX_BODY_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

export type BodyReading =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly answer: Answer };

/** Reads a JSON body; no body at all is `undefined`. */
export function readJsonBody(request: HttpRequest): BodyReading {
  const text = request.bodyText();
  if (text === '') return { ok: true, body: undefined };
  if (text !== undefined && Buffer.byteLength(text) > MAX_BODY_BYTES) {
    const detail = `Bodies of up to ${MAX_BODY_BYTES} bytes are read.`;
    return { ok: false, answer: problem('payload_too_large', { detail }) };
  }
  if (!isPlainJson(request)) return { ok: false, answer: problem('unsupported_media_type') };
  if (text === undefined) return { ok: false, answer: malformed('The body is not UTF-8.') };
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, answer: malformed('The body can not be parsed as JSON.') };
  }
}

function isPlainJson(request: HttpRequest): boolean {
  const [type = ''] = request.headers('content-type');
  const [encoding = 'identity'] = request.headers('content-encoding');
  return JSON_TYPE.test(type) && encoding === 'identity';
}

function malformed(detail: string): Answer {
  return problem('malformed_json', { detail });
}
