import type { Coupon, CouponDefinition } from '../../domain/coupon.ts';
import { isCouponId } from '../../domain/coupon.ts';
import type { CouponCache, CouponLedger } from '../../domain/ports.ts';
import { json, problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { validate } from '../../http/validation.ts';
import { encodeCursor, readPage } from './coupon-page.ts';
import { couponDefinition } from './coupon-schema.ts';
import { couponTag, viewCoupon } from './coupon-view.ts';

/** `POST /v1/coupons` */
export function createCouponEndpoint(
  createCoupon: (definition: CouponDefinition, createdBy: string) => Promise<Coupon>,
  now: () => number,
): Endpoint {
  return async ({ body, caller }) => {
    const validation = validate(couponDefinition, body);
    if (!validation.ok) return validation.answer;
    const coupon = await createCoupon(validation.value, caller.userId);
    return json(201, viewCoupon(coupon, now()), { location: `/v1/coupons/${coupon.id}` });
  };
}

/** `GET /v1/coupons/{couponId}`: a second or so old, at most ten while it is being read anew; `If-None-Match` spares the body. */
export function getCouponEndpoint(
  cache: CouponCache,
  ledger: CouponLedger,
  now: () => number,
): Endpoint {
  return async ({ parameters, request }) => {
    const { couponId = '' } = parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    const load = async (): Promise<Coupon | undefined> =>
      (await ledger.findCoupon(couponId))?.coupon;
    const coupon = await cache.read(couponId, load);
    if (coupon === undefined) return problem('coupon_not_found');
    const etag = couponTag(coupon, now());
    const headers = { etag, 'cache-control': 'private, no-cache' };
    const known = request.headers('if-none-match').flatMap((value) => value.split(/\s*,\s*/));
    if (known.includes(etag)) return { kind: 'empty', status: 304, headers };
    return json(200, viewCoupon(coupon, now()), headers);
  };
}

/** `GET /v1/coupons?state=&limit=&cursor=`, the newest first. */
export function listCouponsEndpoint(ledger: CouponLedger): Endpoint {
  return async ({ request }) => {
    const page = readPage(request);
    if (!page.ok) return page.answer;
    const { query } = page;
    // One more than asked for tells whether there is a next page.
    const found = await ledger.listCoupons({ ...query, limit: query.limit + 1 });
    const views = found
      .slice(0, query.limit)
      .map(({ coupon, readAt }) => viewCoupon(coupon, readAt));
    const items = thatFit(views);
    const last = found[items.length - 1];
    const nextCursor = last && found.length > items.length ? encodeCursor(last) : null;
    return json(200, { items, nextCursor });
  };
}

/** The load balancer takes replies of at most 1 MB from a function. */
const MAX_PAGE_BYTES = 900_000;

/** The first coupons that together fit into a reply; one alone always does. */
function thatFit<View>(views: readonly View[]): readonly View[] {
  let bytes = 0;
  const tooMany = views.findIndex((view) => {
    bytes += Buffer.byteLength(JSON.stringify(view));
    return bytes > MAX_PAGE_BYTES;
  });
  return tooMany === -1 ? views : views.slice(0, tooMany);
}
