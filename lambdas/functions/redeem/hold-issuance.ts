import type { Clock } from '../../domain/deadline.ts';
import type { Obstacle, Unmet } from '../../domain/redeem-decision.ts';
import { decideHold } from '../../domain/redeem-decision.ts';
import { decidedAnew } from './decided-anew.ts';
import type { ReadForOrderDependencies } from './read-for-order.ts';
import { readForOrder } from './read-for-order.ts';
import type { Missing } from './read-issuance.ts';

export interface HoldDependencies extends ReadForOrderDependencies {
  readonly clock: Clock;
}

export type HoldOutcome =
  /** `until` in milliseconds since 1970. */
  | { readonly kind: 'held'; readonly until: number }
  | Unmet
  | { readonly kind: 'refused'; readonly reason: Obstacle | Missing };

/** Reserves an issuance for an order while it is paid; the same order again renews its hold. */
export async function holdIssuance(
  issuanceId: string,
  { orderId, minutes }: { readonly orderId: string; readonly minutes: number },
  dependencies: HoldDependencies,
): Promise<HoldOutcome> {
  return decidedAnew<HoldOutcome>(dependencies.clock, async () => {
    const outcome = await readForOrder({ key: { issuanceId }, orderId }, dependencies);
    if (outcome.kind === 'refused') return outcome;
    const decision = decideHold(outcome.reading, orderId);
    if (decision.kind !== 'hold') return decision;
    const until = await dependencies.redemptions.hold(issuanceId, orderId, minutes);
    return until === undefined ? undefined : { kind: 'held', until };
  });
}

export type ReleaseOutcome =
  | { readonly kind: 'released' }
  | { readonly kind: 'refused'; readonly reason: Missing | 'already_redeemed' | 'hold_not_found' };

/**
 * Ends an order's hold. Where there is none that still runs nothing is reserved, which is all
 * that was asked for; only an order that has redeemed is told so, for it holds the issuance for
 * good.
 */
export async function releaseHold(
  issuanceId: string,
  orderId: string,
  dependencies: ReadForOrderDependencies,
): Promise<ReleaseOutcome> {
  if (await dependencies.redemptions.releaseHold(issuanceId, orderId)) return { kind: 'released' };
  const outcome = await readForOrder({ key: { issuanceId }, orderId }, dependencies);
  if (outcome.kind === 'refused') return outcome;
  const { issuance } = outcome.reading;
  const hasRedeemed = issuance.redemption?.orderId === orderId;
  return { kind: 'refused', reason: hasRedeemed ? 'already_redeemed' : 'hold_not_found' };
}
