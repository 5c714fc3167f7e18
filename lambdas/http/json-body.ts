import type { HttpRequest } from './http-request.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { Text } from './text.ts';

/** Where a route says nothing else. */
export const MAX_BODY_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

export type BodyReading =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly answer: Answer };

/** Reads a JSON body of at most `maxBytes`; no body at all is `undefined`. */
export function readJsonBody(request: HttpRequest, maxBytes: number): BodyReading {
  const text = request.bodyText();
  if (text === '') return { ok: true, body: undefined };
  if (text !== undefined && Buffer.byteLength(text) > maxBytes) {
    const detail = {
      en: `Bodies of up to ${maxBytes} bytes are read.`,
      ko: `본문은 ${maxBytes}바이트까지 읽습니다.`,
    };
    return { ok: false, answer: problem('payload_too_large', { detail }) };
  }
  if (!isPlainJson(request)) return { ok: false, answer: problem('unsupported_media_type') };
  if (text === undefined)
    return {
      ok: false,
      answer: malformed({ en: 'The body is not UTF-8.', ko: '본문이 UTF-8이 아닙니다.' }),
    };
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch {
    return {
      ok: false,
      answer: malformed({
        en: 'The body can not be parsed as JSON.',
        ko: '본문을 JSON으로 읽을 수 없습니다.',
      }),
    };
  }
}

function isPlainJson(request: HttpRequest): boolean {
  const [type = ''] = request.headers('content-type');
  const [encoding = 'identity'] = request.headers('content-encoding');
  return JSON_TYPE.test(type) && encoding === 'identity';
}

function malformed(detail: Text): Answer {
  return problem('malformed_json', { detail });
}
