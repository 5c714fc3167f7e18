import * as z from 'zod';
import { issuanceId } from '../../api/fields.ts';
import { issuanceQuery } from '../../api/issuance.ts';
import type { RecordedIssuance } from '../../domain/issuance.ts';
import type { WalletQuery } from '../../domain/wallet.ts';
import type { Answer } from '../../http/answer.ts';
import { problem } from '../../http/answer.ts';
import type { Caller } from '../../http/authenticator.ts';
import { hasOneOf } from '../../http/authenticator.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import type { HttpRequest } from '../../http/http-request.ts';
import { insufficientScope } from '../../http/token-answers.ts';
import { validateQuery } from '../../http/validation.ts';

export type WalletReading =
  | { readonly ok: true; readonly query: WalletQuery }
  | { readonly ok: false; readonly answer: Answer };

/** Later than the year 9999 no database could be asked for. */
const place = z.tuple([
  z
    .int()
    .min(0)
    .max(Date.UTC(9999, 11, 31)),
  issuanceId,
]);

/** Reads `?userId=&state=&couponId=&limit=&cursor=`. */
export function readWalletPage(request: HttpRequest, caller: Caller): WalletReading {
  const parameters = validateQuery(issuanceQuery, request);
  if (!parameters.ok) return parameters;
  const { userId: asked, state, couponId, limit, cursor } = parameters.value;
  const isShopper = hasOneOf(caller, ['coupons:use']);
  const userId = asked ?? (isShopper ? caller.userId : undefined);
  if (userId === undefined) return { ok: false, answer: missingUser() };
  const isOwn = isShopper && userId === caller.userId;
  if (!isOwn && !hasOneOf(caller, ['coupons:manage'])) {
    return { ok: false, answer: insufficientScope(['coupons:manage']) };
  }
  const reading = decodeCursor(cursor, place);
  if (!reading.ok) return reading;
  const [acceptedAt, id] = reading.place ?? [];
  const after = acceptedAt === undefined || id === undefined ? undefined : { acceptedAt, id };
  return { ok: true, query: { userId, state, couponId, limit, after } };
}

export function walletCursor({ acceptedAt, id }: RecordedIssuance): string {
  return encodeCursor([acceptedAt, id]);
}

function missingUser(): Answer {
  const detail = {
    en: 'An operator has no issuances: whose are asked for?',
    ko: '운영자에게는 발급된 쿠폰이 없습니다. 조회할 사용자를 지정하세요.',
  };
  return problem('invalid_request', { errors: [{ pointer: '?userId', detail }] });
}
