import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import type { HttpRequest } from './http-request.ts';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export type KeyReading =
  | { readonly ok: true; readonly key: string | undefined }
  | { readonly ok: false; readonly answer: Answer };

/** The `Idempotency-Key` header, as every POST takes it; two of them are none that could be meant. */
export function readIdempotencyKey(request: HttpRequest): KeyReading {
  const [key, ...others] = request.headers('idempotency-key');
  if (key === undefined) return { ok: true, key };
  if (others.length === 0 && IDEMPOTENCY_KEY.test(key)) return { ok: true, key };
  const detail = {
    en: 'The Idempotency-Key header is given once, with 1 to 255 visible ASCII characters.',
    ko: 'Idempotency-Key 헤더는 하나여야 하며, 공백 없는 ASCII 문자 1~255자여야 합니다.',
  };
  return { ok: false, answer: problem('invalid_request', { detail }) };
}
