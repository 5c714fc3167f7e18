import type { CouponLookup } from '../../domain/closed-gate.ts';
import type { ClaimedIssuance, RecordedIssuance } from '../../domain/issuance.ts';
import { couponIdOf } from '../../domain/issuance.ts';
import type { IssuanceLedger, StockGate } from '../../domain/ports.ts';

export interface ReadIssuanceDependencies {
  readonly ledger: IssuanceLedger;
  readonly gate: Pick<StockGate, 'find'>;
  readonly coupons: CouponLookup;
}

export type IssuanceReading =
  | { readonly kind: 'found'; readonly issuance: ClaimedIssuance | RecordedIssuance }
  | { readonly kind: 'absent' }
  /** Neither a row nor a gate that could tell: it may be accepted all the same. */
  | { readonly kind: 'cannot_tell' };

/**
 * Reads an issuance from the moment it is accepted: the row if there is one, else the claim at
 * the gate. The row is asked for first: what is recorded in between is still found at the gate.
 */
export async function readIssuance(
  id: string,
  { ledger, gate, coupons }: ReadIssuanceDependencies,
): Promise<IssuanceReading> {
  const recorded = await ledger.findIssuance(id);
  if (recorded) return { kind: 'found', issuance: recorded };
  const finding = await gate.find(id);
  if (finding.kind !== 'closed') return finding;
  const standing = await coupons.lookUp(couponIdOf(id));
  return { kind: standing === 'live' ? 'cannot_tell' : 'absent' };
}
