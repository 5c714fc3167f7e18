import type { ClaimedIssuance, IssuanceState, RecordedIssuance } from '../domain/issuance.ts';
import { rfc3339 } from './rfc3339.ts';

/** An issuance as the API shows it. Times are RFC 3339 in UTC. */
export interface IssuanceView {
  readonly id: string;
  readonly couponId: string;
  readonly userId: string | null;
  readonly state: IssuanceState;
  readonly sequence: number;
  readonly acceptedAt: string;
  readonly issuedAt?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly code?: string;
  readonly hold?: { readonly orderId?: string; readonly expiresAt: string };
  readonly redemption?: {
    readonly id?: string;
    readonly orderId?: string;
    readonly redeemedAt: string;
  };
}

/**
 * @param showCode the code is its owner's alone: operators and shops get it from them
 * @param showOrders the orders are the shop's: who has a code need not be who was issued it
 */
export function viewIssuance(
  issuance: ClaimedIssuance | RecordedIssuance,
  showCode: boolean,
  showOrders = false,
): IssuanceView {
  const { id, couponId, userId, sequence, acceptedAt } = issuance;
  const state: IssuanceState = 'state' in issuance ? issuance.state : 'accepted';
  const claimed = { id, couponId, userId, state, sequence, acceptedAt: rfc3339(acceptedAt) };
  if (!('state' in issuance)) return claimed;
  return {
    ...claimed,
    issuedAt: rfc3339(issuance.issuedAt),
    validFrom: rfc3339(issuance.validFrom),
    validUntil: rfc3339(issuance.validUntil),
    ...(showCode ? { code: issuance.code } : {}),
    ...viewUse(issuance, showOrders),
  };
}

function viewUse(
  { hold, redemption }: RecordedIssuance,
  showOrders: boolean,
): Pick<IssuanceView, 'hold' | 'redemption'> {
  if (hold !== undefined) {
    const { orderId, until } = hold;
    return { hold: { ...(showOrders ? { orderId } : {}), expiresAt: rfc3339(until) } };
  }
  if (redemption !== undefined) {
    const { id, orderId, redeemedAt } = redemption;
    const order = showOrders ? { id, orderId } : {};
    return { redemption: { ...order, redeemedAt: rfc3339(redeemedAt) } };
  }
  return {};
}
