import type { CouponState } from '../../domain/coupon.ts';
import { COUPON_STATES, isCouponId } from '../../domain/coupon.ts';
import type { CouponQuery, CouponReading } from '../../domain/ports.ts';
import type { Answer } from '../../http/answer.ts';
import { problem } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/http-request.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export type PageReading =
  | { readonly ok: true; readonly query: CouponQuery }
  | { readonly ok: false; readonly answer: Answer };

/** Reads `?state=&limit=&cursor=`. */
export function readPage(request: HttpRequest): PageReading {
  const [state] = request.query('state');
  if (request.query('state').length > 0 && !isCouponState(state)) {
    return invalid('?state', `is not one of ${COUPON_STATES.join(', ')}`);
  }
  const limit = readLimit(request.query('limit'));
  if (limit === undefined) return invalid('?limit', `is not a number from 1 to ${MAX_LIMIT}`);
  const cursors = request.query('cursor');
  const after = cursors.length === 0 ? undefined : decodeCursor(cursors[0]);
  if (cursors.length > 0 && after === undefined) {
    return { ok: false, answer: problem('invalid_cursor') };
  }
  return { ok: true, query: { state: state as CouponState | undefined, limit, after } };
}

/** Where the page after this one begins: an opaque text, stable when coupons are added. */
export function encodeCursor({ coupon }: CouponReading): string {
  return Buffer.from(JSON.stringify([coupon.createdAt, coupon.id])).toString('base64url');
}

function decodeCursor(cursor: string | undefined): CouponQuery['after'] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
  const [createdAt, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (typeof id !== 'string' || !isCouponId(id)) return undefined;
  if (typeof createdAt !== 'number' || !isInstant(createdAt)) return undefined;
  return { createdAt, id };
}

/** No coupon is older than 1970; later than the year 9999 no database could be asked for. */
function isInstant(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0 && ms <= Date.UTC(9999, 11, 31);
}

function readLimit(values: readonly (string | undefined)[]): number | undefined {
  if (values.length === 0) return DEFAULT_LIMIT;
  const [value = ''] = values;
  if (!/^\d{1,3}$/.test(value)) return undefined;
  const limit = Number(value);
  return limit >= 1 && limit <= MAX_LIMIT ? limit : undefined;
}

function isCouponState(value: string | undefined): value is CouponState {
  return COUPON_STATES.some((state) => state === value);
}

function invalid(pointer: string, detail: string): PageReading {
  return { ok: false, answer: problem('invalid_request', { errors: [{ pointer, detail }] }) };
}
