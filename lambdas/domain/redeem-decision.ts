import type { RecordedIssuance } from './issuance.ts';
import type { Order } from './order.ts';
import type { Quote, UnmetCondition } from './quote.ts';
import { quoteOrder } from './quote.ts';
import type { OrderReading } from './redemption-ledger.ts';
import type { Redemption } from './redemption.ts';

/** Why an issuance is not to be had for an order, whatever the order is like. */
export type Obstacle =
  | 'order_rolled_back'
  | 'already_redeemed'
  | 'issuance_revoked'
  | 'issuance_expired'
  | 'issuance_held';

/** What would have to be another way for the order to redeem. */
export type UseFailure =
  | UnmetCondition
  | { readonly code: 'not_yet_valid'; readonly validFrom: number }
  | { readonly code: Obstacle };

export interface Refused {
  readonly kind: 'refused';
  readonly reason: Obstacle;
}
export interface Unmet {
  readonly kind: 'unmet';
  readonly failures: readonly UseFailure[];
}

export type RedeemDecision =
  /** This order redeemed it before: the same answer, whatever has changed since. */
  | { readonly kind: 'replayed'; readonly redemption: Redemption }
  | Refused
  | Unmet
  | { readonly kind: 'redeem'; readonly quote: Quote };

/** Whether the order may redeem the issuance, as of the reading. */
export function decideRedeem(reading: OrderReading, order: Order): RedeemDecision {
  const { coupon, ofOrder, readAt } = reading;
  if (isLive(ofOrder)) return { kind: 'replayed', redemption: ofOrder };
  const [reason] = obstacles(reading, order.id);
  if (reason !== undefined) return { kind: 'refused', reason };
  const quote = quoteOrder(coupon, order, readAt);
  const failures = [...notYetValid(reading), ...quote.unmet];
  return failures.length > 0 ? { kind: 'unmet', failures } : { kind: 'redeem', quote };
}

/** What redeeming would come to; eligible exactly when it would succeed. */
export interface OrderQuote extends Omit<Quote, 'unmet'> {
  readonly eligible: boolean;
  readonly currency: string;
  /** All there are: those of the issuance, then those of the conditions. */
  readonly failures: readonly UseFailure[];
}

export function quoteRedemption(reading: OrderReading, order: Order): OrderQuote {
  const { coupon, ofOrder, readAt } = reading;
  if (isLive(ofOrder)) {
    const { discount, payable, currency, allocations } = ofOrder;
    return { eligible: true, discount, payable, currency, allocations, failures: [] };
  }
  const { discount, payable, allocations, unmet } = quoteOrder(coupon, order, readAt);
  const failures = [
    ...obstacles(reading, order.id).map((code) => ({ code })),
    ...notYetValid(reading),
    ...unmet,
  ];
  const { currency } = order;
  if (failures.length === 0) {
    return { eligible: true, discount, payable, currency, allocations, failures };
  }
  return {
    eligible: false,
    discount: 0,
    payable: order.amount,
    currency,
    allocations: allocations.map(() => 0),
    failures,
  };
}

export type HoldDecision = Refused | Unmet | { readonly kind: 'hold' };

/** Whether the order may hold the issuance. Its conditions are asked of the order when it is paid. */
export function decideHold(reading: OrderReading, orderId: string): HoldDecision {
  const [reason] = obstacles(reading, orderId);
  if (reason !== undefined) return { kind: 'refused', reason };
  const failures = notYetValid(reading);
  return failures.length > 0 ? { kind: 'unmet', failures } : { kind: 'hold' };
}

export type RevokeDecision = Refused | { readonly kind: 'revoked' } | { readonly kind: 'revoke' };

/** Whether an operator may revoke the issuance; what is being paid for is not taken away. */
export function decideRevoke({ state }: RecordedIssuance): RevokeDecision {
  switch (state) {
    case 'issued':
      return { kind: 'revoke' };
    case 'held':
      return { kind: 'refused', reason: 'issuance_held' };
    case 'redeemed':
      return { kind: 'refused', reason: 'already_redeemed' };
    case 'expired':
      return { kind: 'refused', reason: 'issuance_expired' };
    case 'revoked':
      return { kind: 'revoked' };
  }
}

/** In the order in which they are answered. */
function obstacles({ issuance, ofOrder }: OrderReading, orderId: string): Obstacle[] {
  const found: Obstacle[] = [];
  if (ofOrder?.rolledBackAt !== undefined) found.push('order_rolled_back');
  if (issuance.state === 'redeemed') found.push('already_redeemed');
  if (issuance.state === 'revoked') found.push('issuance_revoked');
  if (issuance.state === 'expired') found.push('issuance_expired');
  if (issuance.state === 'held' && issuance.hold?.orderId !== orderId) found.push('issuance_held');
  return found;
}

function isLive(redemption: Redemption | undefined): redemption is Redemption {
  return redemption !== undefined && redemption.rolledBackAt === undefined;
}

function notYetValid({ issuance: { validFrom }, readAt }: OrderReading): UseFailure[] {
  return readAt < validFrom ? [{ code: 'not_yet_valid', validFrom }] : [];
}
