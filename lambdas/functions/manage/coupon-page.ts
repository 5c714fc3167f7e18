import * as z from 'zod';
import { couponQuery } from '../../api/coupon.ts';
import { couponId } from '../../api/fields.ts';
import type { CouponQuery, CouponReading } from '../../domain/ports.ts';
import type { Answer } from '../../http/answer.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import type { HttpRequest } from '../../http/http-request.ts';
import { validateQuery } from '../../http/validation.ts';

export type PageReading =
  | { readonly ok: true; readonly query: CouponQuery }
  | { readonly ok: false; readonly answer: Answer };

/** No coupon is older than 1970; later than the year 9999 no database could be asked for. */
const place = z.tuple([
  z
    .int()
    .min(0)
    .max(Date.UTC(9999, 11, 31)),
  couponId,
]);

/** Reads `?state=&limit=&cursor=`. */
export function readCouponPage(request: HttpRequest): PageReading {
  const query = validateQuery(couponQuery, request);
  if (!query.ok) return query;
  const { state, limit, cursor } = query.value;
  const reading = decodeCursor(cursor, place);
  if (!reading.ok) return reading;
  const [createdAt, id] = reading.place ?? [];
  const after = createdAt === undefined || id === undefined ? undefined : { createdAt, id };
  return { ok: true, query: { state, limit, after } };
}

export function couponCursor({ coupon }: CouponReading): string {
  return encodeCursor([coupon.createdAt, coupon.id]);
}
