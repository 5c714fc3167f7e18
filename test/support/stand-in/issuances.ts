import { issuedOf, stateOf } from './coupons.ts';
import { problemReply, type StandInEndpoints } from './server.ts';
import { countedId, pageOf, type StandInIssuance, type StandInState } from './state.ts';

const CSV_PAGE = 3;
const SINCE = '2026-01-01T00:00:00.000Z';

export function issuanceEndpoints(state: StandInState): StandInEndpoints {
  return {
    listIssuances: ({ query }) => {
      const couponId = query.get('couponId');
      const all = [...state.issuances.values()]
        .filter(({ userId }) => userId === query.get('userId'))
        .filter((issuance) => couponId === null || issuance.couponId === couponId)
        .map(viewIssuance);
      return { status: 200, body: pageOf(all, query) };
    },
    getIssuance: ({ parameters: { issuanceId = '' } }) => {
      const issuance = state.issuances.get(issuanceId);
      return issuance === undefined
        ? problemReply(404, 'issuance_not_found')
        : { status: 200, body: viewIssuance(issuance) };
    },
    revokeIssuance: ({ parameters: { issuanceId = '' } }) => {
      const issuance = state.issuances.get(issuanceId);
      if (issuance === undefined) return problemReply(404, 'issuance_not_found');
      if (issuance.state === 'redeemed') return problemReply(409, 'already_redeemed');
      issuance.state = 'revoked';
      return { status: 200, body: viewIssuance(issuance) };
    },
    rollBackRedemption: ({ parameters: { redemptionId = '' } }) => {
      const issuance = [...state.issuances.values()].find(
        (each) => redemptionIdOf(each) === redemptionId,
      );
      if (issuance === undefined) return problemReply(404, 'redemption_not_found');
      if (issuance.state === 'redeemed') issuance.state = 'issued';
      return { status: 200, body: { id: redemptionId, issuanceId: issuance.id } };
    },
    exportIssuances: ({ parameters: { couponId = '' }, query }) => {
      if (!state.coupons.has(couponId)) return problemReply(404, 'coupon_not_found');
      const all = [...state.issuances.values()].filter((each) => each.couponId === couponId);
      const { items, nextCursor } = pageOf(all.map(csvLine), query, CSV_PAGE);
      const header = query.has('cursor') ? '' : 'id,userId,state\r\n';
      const path = `/v1/coupons/${couponId}/issuances?format=csv&cursor=${nextCursor ?? ''}`;
      return {
        status: 200,
        body: header + items.join(''),
        ...(nextCursor === null ? {} : { headers: { link: `<${path}>; rel="next"` } }),
      };
    },
    eraseUser: ({ parameters: { userId = '' } }) => {
      for (const issuance of state.issuances.values()) {
        if (issuance.userId === decodeURIComponent(userId)) issuance.userId = null;
      }
      return { status: 204 };
    },
    getCouponStats: ({ parameters: { couponId = '' } }) => {
      const coupon = state.coupons.get(couponId);
      if (coupon === undefined) return problemReply(404, 'coupon_not_found');
      const given = issuedOf(coupon, state);
      const quantity = Number(coupon.definition['quantity']);
      return {
        status: 200,
        body: {
          couponId,
          serverTime: new Date().toISOString(),
          quantity,
          gate: { state: 'open', since: SINCE, given, remaining: quantity - given },
          issuances: { accepted: 0, issued: given, held: 0, redeemed: 0, expired: 0, revoked: 0 },
          rejections: { since: SINCE, ...Object.fromEntries(state.rejections) },
          lag: { unrecorded: 0, pending: 0 },
        },
      };
    },
  };
}

/** The id of its redemption, once there is one. */
export function redemptionIdOf({ id }: StandInIssuance): string {
  return id.slice(id.indexOf('_') + 1);
}

/** A claim as the gate would judge it: the issuance, or why there is none. */
export function claim(
  state: StandInState,
  couponId: string,
  userId: string,
): { readonly issuance: StandInIssuance; readonly isNew: boolean } | string {
  const coupon = state.coupons.get(couponId);
  if (coupon === undefined) return 'coupon_not_found';
  const key = `${couponId} ${userId}`;
  const before = state.claims.get(key);
  if (before !== undefined) return { issuance: before, isNew: false };
  const issued = issuedOf(coupon, state);
  if (stateOf(coupon) !== 'open' || issued >= Number(coupon.definition['quantity'])) {
    const reason = stateOf(coupon) === 'open' ? 'sold_out' : `coupon_${stateOf(coupon)}`;
    state.rejections.set(reason, (state.rejections.get(reason) ?? 0) + 1);
    return reason;
  }
  const issuance: StandInIssuance = {
    id: `${couponId}_${countedId('', state.issuances.size + 1, 22)}`,
    couponId,
    userId,
    sequence: issued + 1,
    acceptedAt: new Date().toISOString(),
    state: 'issued',
  };
  state.issuances.set(issuance.id, issuance);
  state.claims.set(key, issuance);
  state.issued.set(couponId, issuance.sequence);
  return { issuance, isNew: true };
}

function viewIssuance(issuance: StandInIssuance): Record<string, unknown> {
  return {
    ...issuance,
    issuedAt: issuance.acceptedAt,
    validFrom: issuance.acceptedAt,
    validUntil: '2099-01-01T00:00:00.000Z',
  };
}

function csvLine({ id, userId }: StandInIssuance): string {
  return `${id},${userId ?? ''},issued\r\n`;
}
