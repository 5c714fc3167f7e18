import { couponDefinition } from '../../api/coupon.ts';
import type { Actor } from '../../domain/audit.ts';
import type { Coupon, CouponDefinition } from '../../domain/coupon.ts';
import { isCouponId } from '../../domain/coupon.ts';
import type { Channel } from '../../domain/notification.ts';
import type { CouponCache, CouponLedger, CouponReading } from '../../domain/ports.ts';
import { json, problem } from '../../http/answer.ts';
import { hasOneOf } from '../../http/authenticator.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { isKnown } from '../../http/if-none-match.ts';
import { pageOf } from '../../http/page.ts';
import { validate } from '../../http/validation.ts';
import { couponCursor, readCouponPage } from './coupon-page.ts';
import { refuseMissing } from './channels-view.ts';
import { couponTag, viewCoupon, viewForOperators } from './coupon-view.ts';

/**
 * `POST /v1/coupons`
 *
 * @param createCoupon a coupon with this id, if there is one, that is there already is returned
 * @param channels that the environment has
 */
export function createCouponEndpoint(
  createCoupon: (definition: CouponDefinition, actor: Actor, id?: string) => Promise<Coupon>,
  channels: readonly Channel[],
): Endpoint {
  return async (call) => {
    const validation = validate(couponDefinition, call.body);
    if (!validation.ok) return validation.answer;
    const refusal = refuseMissing(validation.value.notifications, channels);
    if (refusal !== undefined) return refusal;
    const id = call.idempotentId('coupon');
    const coupon = await createCoupon(validation.value, actorOf(call), id);
    // By the database's clock, and the same when the request is repeated.
    return json(201, viewForOperators(coupon, coupon.createdAt), {
      location: `/v1/coupons/${coupon.id}`,
    });
  };
}

/** `GET /v1/coupons/{couponId}`: a second or so old, at most ten while it is being read anew; `If-None-Match` spares the body. */
export function getCouponEndpoint(cache: CouponCache, ledger: CouponLedger): Endpoint {
  return async ({ parameters, request, caller }) => {
    const { couponId = '' } = parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    const reading = await cache.read(couponId, () => ledger.findCoupon(couponId));
    if (reading === undefined) return problem('coupon_not_found');
    const { coupon, readAt } = reading;
    const etag = couponTag(coupon, readAt);
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (isKnown(request, etag)) return { kind: 'empty', status: 304, headers };
    if (!hasOneOf(caller, ['coupons:manage'])) {
      return json(200, viewCoupon(coupon, readAt), headers);
    }
    // Every shopper's poll would carry the words: the cache has none.
    const hasWords = coupon.notifications?.templates !== undefined;
    const whole = hasWords ? ((await ledger.findCoupon(couponId))?.coupon ?? coupon) : coupon;
    const { notifications } = whole;
    return json(200, viewForOperators({ ...coupon, notifications }, readAt), headers);
  };
}

/** `GET /v1/coupons?state=&limit=&cursor=`, the newest first. */
export function listCouponsEndpoint(ledger: CouponLedger): Endpoint {
  return async ({ request }) => {
    const page = readCouponPage(request);
    if (!page.ok) return page.answer;
    const { query } = page;
    // One more than asked for tells whether there is a next page.
    const found = await ledger.listCoupons({ ...query, limit: query.limit + 1 });
    const view = ({ coupon, readAt }: CouponReading): unknown => viewCoupon(coupon, readAt);
    return json(200, pageOf(found, query.limit, view, couponCursor));
  };
}
