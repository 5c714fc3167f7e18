import { grantOrder } from '../../api/grant.ts';
import type { Actor } from '../../domain/audit.ts';
import { isCouponId } from '../../domain/coupon.ts';
import { isGrantId } from '../../domain/grant.ts';
import type { GrantCreation, GrantLedger } from '../../domain/grant-ledger.ts';
import { json, problem } from '../../http/answer.ts';
import type { Call, Endpoint } from '../../http/http-handler.ts';
import { actorOf } from '../../http/http-handler.ts';
import { validate } from '../../http/validation.ts';
import type { GrantList } from './create-grant.ts';
import { viewGrant } from './grant-view.ts';

/**
 * `POST /v1/coupons/{couponId}/grants`
 *
 * @param newGrantId the same for the same call again, where the call has an Idempotency-Key
 */
export function createGrantEndpoint(
  createGrant: (list: GrantList, actor: Actor) => Promise<GrantCreation>,
  newGrantId: (call: Call) => string,
): Endpoint {
  return async (call) => {
    const { couponId = '' } = call.parameters;
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    const validation = validate(grantOrder, call.body);
    if (!validation.ok) return validation.answer;
    const { userIds } = validation.value;
    const creation = await createGrant({ id: newGrantId(call), couponId, userIds }, actorOf(call));
    switch (creation.kind) {
      case 'unknown_coupon':
        return problem('coupon_not_found');
      case 'refused':
        return problem(creation.reason);
      case 'there': {
        const { grant } = creation;
        return json(202, viewGrant(grant), { location: `/v1/grants/${grant.id}` });
      }
    }
  };
}

/** `GET /v1/grants/{grantId}` */
export function getGrantEndpoint(ledger: GrantLedger): Endpoint {
  return async ({ parameters }) => {
    const { grantId = '' } = parameters;
    const grant = isGrantId(grantId) ? await ledger.findGrant(grantId) : undefined;
    return grant === undefined ? problem('grant_not_found') : json(200, viewGrant(grant));
  };
}
