import type { Clock } from '../../domain/deadline.ts';
import type { Order } from '../../domain/order.ts';
import type { Obstacle, OrderQuote, Unmet } from '../../domain/redeem-decision.ts';
import { decideRedeem, quoteRedemption } from '../../domain/redeem-decision.ts';
import type { IssuanceKey } from '../../domain/redemption-ledger.ts';
import type { Redemption } from '../../domain/redemption.ts';
import { decidedAnew } from './decided-anew.ts';
import type { ReadForOrderDependencies } from './read-for-order.ts';
import { readForOrder } from './read-for-order.ts';
import type { Missing } from './read-issuance.ts';

/** The subject of the shop's own token, which may redeem anybody's; or a user, who may his own. */
export type Redeemer = { readonly service: string } | { readonly shopper: string };

export interface RedeemRequest {
  readonly key: IssuanceKey;
  readonly order: Order;
  readonly redeemer: Redeemer;
  readonly requestId: string;
}

export interface RedeemDependencies extends ReadForOrderDependencies {
  readonly newRedemptionId: () => string;
  readonly clock: Clock;
}

export type RedeemOutcome =
  | { readonly kind: 'redeemed'; readonly redemption: Redemption }
  | { readonly kind: 'replayed'; readonly redemption: Redemption }
  | Unmet
  | {
      readonly kind: 'refused';
      readonly reason: Obstacle | Missing | 'self_redeem_not_allowed';
    };

/**
 * Redeems an issuance for an order, once; the same order again is answered with the same
 * redemption. Rejects with LedgerUnavailable when the outcome is unknown; the order again tells.
 */
export async function redeemIssuance(
  { key, order, redeemer, requestId }: RedeemRequest,
  dependencies: RedeemDependencies,
): Promise<RedeemOutcome> {
  const ownerId = ownerOf(redeemer);
  const id = dependencies.newRedemptionId();
  return decidedAnew<RedeemOutcome>(dependencies.clock, async () => {
    const outcome = await readForOrder({ key, orderId: order.id, ownerId }, dependencies);
    if (outcome.kind === 'refused') return outcome;
    const { issuance, coupon, readAt } = outcome.reading;
    if (ownerId !== undefined && !coupon.selfRedeem) {
      return { kind: 'refused', reason: 'self_redeem_not_allowed' };
    }
    const decision = decideRedeem(outcome.reading, order);
    if (decision.kind !== 'redeem') return decision;
    const { discount, payable, allocations } = decision.quote;
    const redemption = await dependencies.redemptions.redeem({
      id,
      issuanceId: issuance.id,
      orderId: order.id,
      discount,
      payable,
      currency: order.currency,
      allocations,
      ownerId,
      redeemedBy: 'service' in redeemer ? redeemer.service : undefined,
      requestId,
      decidedAt: readAt,
    });
    return redemption && { kind: 'redeemed', redemption };
  });
}

export type QuoteOutcome =
  | { readonly kind: 'quoted'; readonly quote: OrderQuote }
  | { readonly kind: 'refused'; readonly reason: Missing };

/** What redeeming would come to; nothing is changed. A shopper may ask whatever the coupon says. */
export async function quoteIssuance(
  { key, order, redeemer }: Omit<RedeemRequest, 'requestId'>,
  dependencies: ReadForOrderDependencies,
): Promise<QuoteOutcome> {
  const ownerId = ownerOf(redeemer);
  const outcome = await readForOrder({ key, orderId: order.id, ownerId }, dependencies);
  if (outcome.kind === 'refused') return outcome;
  return { kind: 'quoted', quote: quoteRedemption(outcome.reading, order) };
}

function ownerOf(redeemer: Redeemer): string | undefined {
  return 'shopper' in redeemer ? redeemer.shopper : undefined;
}
